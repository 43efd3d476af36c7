"""The laboratory's two weeks, and what is true when they are over."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

from driver import commands, opinions, trouble
from driver.clock import Span
from driver.play import play
from driver.scene import Scene
from driver.stories import Case
from driver.words import (
    ComplaintType,
    PaymentStatus,
    ProtocolStatus,
    Severity,
    StorageType,
    UserType,
)
from driver.work import Work

LOCKED_OUT = "reception-2"
LEAVE_EARLY = ("vet-5", "vet-6", "histo-1", "bench-2")
LEAVE_LATE = ("vet-3", "reception-1")


async def play_weeks(scene: Scene, cases: list[Case], advance: Callable[[], None]) -> None:
    """Play two weeks; `advance` is called at the end of each case."""
    works = [Work(scene, case, index) for index, case in enumerate(cases, 1)]
    await _first_week(scene, [work for work in works if work.case.week == 1], advance)
    await _friday(scene)
    await _weekend(scene, works)
    await _second_week(scene, [work for work in works if work.case.week == 2], advance)
    await commands.review_clients(scene)
    await scene.mailbox.wait_for_all(len(scene.wanted))
    _tally_end(scene, works)


async def _first_week(scene: Scene, works: list[Work], advance: Callable[[], None]) -> None:
    # Those with trouble come first: nobody else can ask them for anything until it is over.
    await asyncio.gather(
        trouble.forget_password(scene, "vet-2"),
        trouble.ask_for_password(scene, "histo-2"),
        trouble.guess_password(scene, LOCKED_OUT),
        trouble.come_as_nobody(scene),
        *(_play(work, advance) for work in works),
    )


async def _friday(scene: Scene) -> None:
    """All work is done: people say what they think, and some of them sign out."""
    await asyncio.gather(
        opinions.answer_notices(scene, "vet-1"),
        opinions.answer_notices(scene, "vet-4"),
        opinions.complain(scene, "vet-6", ComplaintType.COMMUNICATION, Severity.HIGH),
        opinions.complain(scene, "vet-3", ComplaintType.DELAY, Severity.LOW),
        opinions.rate(scene, "vet-2", 9),
        opinions.rate(scene, "vet-6", 3),
        opinions.rate(scene, "bench-1", 7),
        opinions.rate(scene, "histo-2", 8),
        opinions.rate(scene, "admin", 10),
    )
    await _sign_out(scene, LEAVE_EARLY)


async def _weekend(scene: Scene, works: list[Work]) -> None:
    """The laboratory's timetable runs its commands while nobody is there."""
    monday = scene.clock.days() + 1.5
    await scene.clock.wait(2 * commands.IDLE_MINUTES / 60)
    await asyncio.gather(commands.end_sessions(scene), commands.score_day(scene))
    await scene.clock.until(monday)
    await asyncio.gather(
        commands.mark_overdue(scene, works), commands.check_deadlines(scene, works)
    )


async def _second_week(scene: Scene, works: list[Work], advance: Callable[[], None]) -> None:
    await asyncio.gather(
        trouble.come_back(scene, "vet-3"),
        trouble.be_curious(scene, "vet-1"),
        *(_play(work, advance) for work in works),
    )
    await _sign_out(scene, LEAVE_LATE)


async def _play(work: Work, advance: Callable[[], None]) -> None:
    await play(work)
    advance()


async def _sign_out(scene: Scene, names: tuple[str, ...]) -> None:
    async def leave(name: str) -> None:
        async with scene.team[name].at_work() as person:
            await person.sign_out()

    await asyncio.gather(*(leave(name) for name in names))


def _deliveries(scene: Scene) -> Span:
    """Return between what the times of all mails together lie, from wanted to taken.

    A mail is in the folder before its time is taken; it is taken before the people here go home.
    """
    arrivals, clock, now = scene.mailbox.arrivals(), scene.clock, time.time()
    least = sum(arrivals) - sum(wanted.until for wanted in scene.wanted)
    most = sum(now - wanted.since for wanted in scene.wanted)
    return Span(least, most).by(1 / clock.speed)


def _tally_end(scene: Scene, works: list[Work]) -> None:
    """Count what is there when all is over: what the laboratory's gauges must say."""
    tally = scene.tally
    tally.bound("email_delivery_duration_seconds", _deliveries(scene))
    statuses = Counter(work.status for work in works)
    for status in ProtocolStatus:
        tally.set("protocols_by_status_current", statuses[status], status=status)
    payments = Counter(work.payment for work in works)
    for payment in PaymentStatus:
        tally.set("work_order_payment_status_current", payments[payment], payment_status=payment)
    present = Counter(person.user_type for person in scene.signed_in())
    for kind in UserType:
        tally.set("active_users_current", present[kind], user_type=kind)
    for storage in (StorageType.REPORTS, StorageType.INVOICES):
        files = (scene.work / "media" / storage).glob("*.pdf")
        size = sum(file.stat().st_size for file in files)
        tally.set("file_storage_usage_bytes", size, storage_type=storage)
