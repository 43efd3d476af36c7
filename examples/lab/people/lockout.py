"""Guessing passwords: each wrong one is said, and the fifth in a row closes the account a while.

All of it hangs on Django's own signals and on the backend, so it holds for every way to sign in:
the laboratory's page and that of Django's admin alike.
"""

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from lab import clock
from lab.say import say
from labotel.catalogs.lab.security import LoginFailed, SecurityEventType
from labotel.catalogs.lab.words import Severity
from people import security
from people.models import AccountLock, FailedLogin
from people.roles import user_type

MOST_FAILURES: Final = 5
WITHIN: Final = settings.LOCKOUT
CLOSED_FOR: Final = settings.LOCKOUT


class LockingBackend(ModelBackend):
    """Django's own log-in, closed to locked accounts and to people who are nobody here."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the person, unless the account is locked: then even the right password fails.

        The password is checked first either way, so that neither the answer nor the time that it
        takes tells a guesser that the account exists or that the guess was right.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is not None and is_locked(user):
            raise PermissionDenied
        return user

    def user_can_authenticate(self, user: Any) -> bool:
        """Let nobody in who has no part in the laboratory."""
        return super().user_can_authenticate(user) and user_type(user) is not None


def is_locked(user: User) -> bool:
    """Tell whether an account is closed at this moment."""
    return AccountLock.objects.filter(user=user, until__gt=clock.now()).exists()


def unlock(user: User) -> None:
    """Forget the wrong passwords, and open the account."""
    FailedLogin.objects.filter(user=user).delete()
    AccountLock.objects.filter(user=user).delete()


@receiver(user_logged_in)
def forget(user: User, **_: Any) -> None:
    """Start counting anew: wrong passwords count only in a row."""
    unlock(user)


@receiver(user_login_failed)
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Say that a log-in was refused, and close the account where it was one too many."""
    with transaction.atomic():
        user = User.objects.filter(username=credentials.get("username", "")).first()
        say(
            LoginFailed(
                user_type=user_type(user) if user is not None else None,
                ip_address=request.META.get("REMOTE_ADDR") if request is not None else None,
            )
        )
        security.seen(SecurityEventType.LOGIN_FAILED, Severity.LOW, user)
        if user is not None:
            _count(user)


def _count(user: User) -> None:
    # Of two wrong passwords at once each must see the other: the row of the user is the lock.
    User.objects.select_for_update().get(pk=user.pk)
    if is_locked(user):
        return
    now = clock.now()
    FailedLogin.objects.create(user=user)
    if FailedLogin.objects.filter(user=user, at__gt=now - WITHIN).count() < MOST_FAILURES:
        return
    unlock(user)
    AccountLock.objects.create(user=user, until=now + CLOSED_FOR)
    security.seen(SecurityEventType.ACCOUNT_LOCKED, Severity.HIGH, user)
