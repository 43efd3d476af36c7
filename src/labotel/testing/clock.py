"""A clock that a test can hold and move."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class HeldClock:
    """The system's clock until `freeze`; from then on it moves by `advance` alone.

    `ticks` is never set back, so that work which was begun before `freeze` or `unfreeze` and ends
    after it does not take less than nothing.
    """

    def __init__(self) -> None:
        self._now: int | None = None
        self._ticks = 0
        self._ahead = 0

    # Looked up in the module at each call: who patches the module's functions is followed.

    def now(self) -> int:
        """Return the time in ns since 1970."""
        held = self._now
        return time.time_ns() if held is None else held

    def ticks(self) -> int:
        """Return ns from anywhere, to be subtracted from each other."""
        return time.perf_counter_ns() + self._ahead if self._now is None else self._ticks

    def freeze(self, at: datetime | None = None) -> None:
        """Hold the clock at a time (now, where none is given)."""
        self._ticks = self.ticks()
        self._now = self.now() if at is None else nanoseconds(at)

    def advance(self, by: timedelta) -> None:
        """Move the clock; one that runs is held first."""
        if not isinstance(by, timedelta) or by < timedelta(0):
            raise ValueError(f"advance({by!r}): allowed: a timedelta of 0 or more")
        if self._now is None:
            self.freeze()
        assert self._now is not None
        step = by // _MICROSECOND * 1000
        self._now += step
        self._ticks += step

    def unfreeze(self) -> None:
        """Let the clock run again, from the system's time."""
        if self._now is not None:
            self._ahead = self._ticks - time.perf_counter_ns()
            self._now = None


def nanoseconds(at: datetime) -> int:
    """Return an aware time in ns since 1970."""
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise ValueError(
            f"freeze({at!r}): allowed: an aware datetime, as in datetime(2026, 3, 1, tzinfo=UTC)"
        )
    return (at - EPOCH) // _MICROSECOND * 1000


def moment(at: int) -> datetime:
    """Return ns since 1970 as an aware time in UTC."""
    return EPOCH + timedelta(microseconds=at // 1000)
