"""The laboratory's time as the driver lives it: a day there is a moment here."""

import asyncio
import time
from dataclasses import dataclass, field

DAY = 86400.0


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
