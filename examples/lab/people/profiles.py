"""Every account has a profile, however it was made."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.dispatch import receiver

from people.models import Profile


@receiver(post_save, sender=User)
def make_profile(instance: User, created: bool, raw: bool, **_: Any) -> None:
    """Give a new account an empty profile; a fixture (`raw`) brings its own."""
    if created and not raw:
        Profile.objects.get_or_create(user=instance)
