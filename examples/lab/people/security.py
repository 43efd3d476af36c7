"""What concerns the system's security, said in one line."""

from django.contrib.auth.models import AbstractBaseUser

from lab.say import say
from labotel.catalogs.lab.security import SecurityEventSeen, SecurityEventType
from labotel.catalogs.lab.words import Severity


def seen(
    event_type: SecurityEventType, severity: Severity, user: AbstractBaseUser | None = None
) -> None:
    """Say that something happened, and whom it concerns where that is known."""
    who = str(user.pk) if user is not None else None
    say(SecurityEventSeen(event_type=event_type, severity=severity, user=who))
