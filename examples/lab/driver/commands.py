"""The laboratory's commands, run at their times as its timetable would, and what they must find."""

import asyncio
import math
import time

from driver.clock import DAY, Clock, Moment, Span
from driver.person import Person
from driver.scene import HISTOPATHOLOGISTS, Scene
from driver.words import (
    PaymentStatus,
    ProtocolStatus,
    RetentionResult,
    Role,
    Severity,
    UserType,
    ViolationType,
)
from driver.work import Work

IDLE_MINUTES = 60
DAYS_TO_PAY = 1
DAYS_TO_REPORT = 1
PLANNED = 20
"""Actions a person and day."""


async def end_sessions(scene: Scene) -> None:
    """End the sessions of all who did not sign out."""
    at = await manage(scene, "end_sessions", "--older-than", str(IDLE_MINUTES))
    for person in scene.signed_in():
        person.went_out(at)


async def score_day(scene: Scene) -> None:
    """Score the people of the laboratory who did something."""
    await manage(scene, "score_day")
    for person in scene.team.values():
        role = _role(person)
        if person.actions and role is not None:
            assert person.user_type is not None
            scene.tally.lasted(
                "user_productivity_score", _score(scene.clock, person.actions),
                user_type=person.user_type, role=role,
            )  # fmt: skip
        person.actions.clear()


def _score(clock: Clock, actions: list[Moment]) -> Span:
    """Return how many of the planned actions were done, in percent, 100 at most.

    At midnight it is not certain on which day something was done.
    """
    dates = [clock.dates(moment) for moment in actions]
    least = len(set().union(*(found for found in dates if len(found) == 1)))
    most = len(set().union(*dates))
    done = 100 * len(actions) / PLANNED
    return Span(min(100, done / most), min(100, done / max(1, least)))


async def mark_overdue(scene: Scene, works: list[Work]) -> None:
    """Look for orders that were to be paid by now."""
    await manage(scene, "mark_overdue", "--days", str(DAYS_TO_PAY))
    for work in works:
        if work.payment is PaymentStatus.PENDING:
            work.payment = PaymentStatus.OVERDUE


async def check_deadlines(scene: Scene, works: list[Work]) -> None:
    """Look for protocols whose report is late."""
    await manage(scene, "check_deadlines", "--days", str(DAYS_TO_REPORT))
    for work in works:
        if work.status is ProtocolStatus.PROCESSING:
            scene.tally.add(
                "compliance_violations_total",
                violation_type=ViolationType.LATE_REPORT,
                severity=Severity.MEDIUM,
            )


async def review_clients(scene: Scene) -> None:
    """Look who of the first week's clients sent something in the second week too."""
    first, second = scene.weeks
    begun = min(since for _, since, _ in first)
    ended = max(until for _, _, until in first)
    # The period must reach back between the weeks, and twice the period before the first one.
    await scene.clock.until(2 * ended - begun + 2.5)
    now = scene.clock.days()
    period = math.floor(now - ended)
    assert now - period < min(since for _, since, _ in second)
    assert now - 2 * period < begun
    await manage(scene, "review_clients", "--period", str(period))
    stayed = {name for name, _, _ in second}
    for name in {name for name, _, _ in first}:
        result = RetentionResult.RETAINED if name in stayed else RetentionResult.LOST
        scene.tally.add("clients_retained_total", result=result)


async def manage(scene: Scene, command: str, *arguments: str) -> Moment:
    """Run a command, for which it is this very moment until it ends; return the moment."""
    now = time.time()
    frozen = scene.clock.stands_at((now - scene.clock.start) * scene.clock.speed / DAY)
    await asyncio.to_thread(scene.children.manage, command, *arguments, **frozen)
    return Moment(now, now)


def _role(person: Person) -> Role | None:
    """Return a person's work in the laboratory; veterinarians are not its people."""
    if person.name in HISTOPATHOLOGISTS:
        return Role.DIAGNOSIS
    if person.user_type is UserType.STAFF:
        return Role(person.name.split("-")[0])
    return Role.BILLING if person.user_type is UserType.ADMIN else None
