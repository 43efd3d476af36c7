"""What follows when a person gets a new password for a lost one, whoever gave it."""

from django.contrib.auth.models import User
from django.db import transaction

from lab.say import say
from labotel.catalogs.lab.security import PasswordReset, ResetMethod, SecurityEventType
from labotel.catalogs.lab.words import Severity
from people import lockout, security, sessions
from people.models import WorkSession
from people.roles import user_type


def was_reset(user: User, method: ResetMethod) -> None:
    """Open the account, end the sessions made with the old password, and say what happened."""
    with transaction.atomic():
        lockout.unlock(user)
        was_taken(user)
        kind = user_type(user)
        if kind is not None:
            say(PasswordReset(user_type=kind, method=method, user=str(user.pk)))


def was_taken(user: User) -> None:
    """End the sessions made with a password that no longer holds, and tell security of it."""
    with transaction.atomic():
        sessions.end(WorkSession.objects.filter(user=user))
        security.seen(SecurityEventType.PASSWORD_CHANGED, Severity.LOW, user)
