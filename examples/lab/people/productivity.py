"""How much of the planned work the people of the laboratory did."""

from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from lab.say import say
from labotel.catalogs.lab.users import ProductivityScored, Role
from labotel.catalogs.lab.words import UserType
from people.models import DayTally
from people.roles import user_type

PLANNED: Final = 20
"""Actions a person and day."""


def score_all() -> int:
    """Score everybody of the laboratory who did something since the last time; return how many.

    A veterinarian is a client, and nobody's day is planned who has no role: they get no score.
    """
    scored = 0
    with transaction.atomic():
        # The lock is for the tallies alone: not everybody need have a profile.
        rows = DayTally.objects.select_for_update(of=("self",)).filter(actions__gt=F("scored"))
        work: dict[int, list[DayTally]] = {}
        for row in rows.select_related("user__profile"):
            work.setdefault(row.user_id, []).append(row)
        for days in work.values():
            done = sum(day.actions - day.scored for day in days)
            scored += _score(days[0].user, 100 * done / (PLANNED * len(days)))
        # These alone: a tally that somebody has begun meanwhile is for the next time.
        read = [day.pk for days in work.values() for day in days]
        DayTally.objects.filter(pk__in=read).update(scored=F("actions"))
    return scored


def _score(user: User, score: float) -> bool:
    kind, role = user_type(user), user.profile.role
    if kind in (None, UserType.VETERINARIAN) or not role:
        return False
    say(
        ProductivityScored(
            user_type=kind, role=Role(role), user=str(user.pk), score=min(100.0, score)
        )
    )
    return True
