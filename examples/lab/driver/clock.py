"""The laboratory's time as the driver lives it: a day there is a moment here."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

DAY = 86400.0


class Moment(NamedTuple):
    """When something happened, as well as it is known: between two readings of the wall clock."""

    since: float
    until: float


class Span(NamedTuple):
    """How long something took, as well as it is known."""

    least: float
    most: float

    def __add__(self, other: tuple[float, float]) -> "Span":
        """Return how long two things took one after the other."""
        return Span(self.least + other[0], self.most + other[1])

    def by(self, unit: float) -> "Span":
        """Return the same in units of so many seconds."""
        return Span(self.least / unit, self.most / unit)


@dataclass(frozen=True)
class Clock:
    """Tells how many days have passed in the laboratory since the beginning.

    The processes are given `start` and `speed`, so that all live in one time.
    """

    speed: float
    start: float = field(default_factory=time.time)

    def days(self) -> float:
        """Return the days that have passed in the laboratory."""
        return (time.time() - self.start) * self.speed / DAY

    def between(self, began: Moment, ended: Moment) -> Span:
        """Return the seconds that passed in the laboratory from one moment to the other."""
        least, most = ended.since - began.until, ended.until - began.since
        return Span(max(0.0, least) * self.speed, most * self.speed)

    def dates(self, moment: Moment) -> set[date]:
        """Return the laboratory's date at that moment: two where it may have been midnight."""
        stamps = (self.start + (wall - self.start) * self.speed for wall in moment)
        return {datetime.fromtimestamp(stamp, UTC).date() for stamp in stamps}

    def stands_at(self, days: float) -> dict[str, str]:
        """Return the environment of a process for which it is that moment, from start to end.

        A command takes a second to start, and in that second half a day passes in the laboratory:
        its clock stands still, so that what it finds does not depend on the machine.
        """
        return {"LAB_CLOCK_START": str(self.start + days * DAY), "LAB_CLOCK_SPEED": "0"}

    async def wait(self, hours: float) -> None:
        """Let hours pass in the laboratory."""
        await asyncio.sleep(hours * 3600 / self.speed)

    async def until(self, days: float) -> None:
        """Wait until that moment; do not wait where it has passed."""
        await self.wait(max(0.0, days - self.days()) * 24)
