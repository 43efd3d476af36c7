"""A clock that a test can hold and move."""

import time
from datetime import UTC, datetime, timedelta
from typing import Final

from labotel.testing.texts import value_repr

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
            raise ValueError(f"advance({value_repr(by)}): allowed: a timedelta of 0 or more")
        step = by // _MICROSECOND * 1000
        now = _showable(f"advance({by!r})", self.now() + step)
        self.freeze()
        self._now = now
        self._ticks += step

    def follow(self, other: "HeldClock") -> None:
        """Go on from where another clock is, held if that one is."""
        self._now, self._ticks, self._ahead = other._now, other._ticks, other._ahead

    def unfreeze(self) -> None:
        """Let the clock run again, from the system's time."""
        if self._now is not None:
            self._ahead = self._ticks - time.perf_counter_ns()
            self._now = None


def nanoseconds(at: datetime) -> int:
    """Return an aware time in ns since 1970."""
    if not isinstance(at, datetime) or at.utcoffset() is None:
        raise ValueError(
            f"freeze({value_repr(at)}): allowed: an aware datetime, as in "
            "datetime(2026, 3, 1, tzinfo=UTC)"
        )
    return _showable(f"freeze({at!r})", (at - EPOCH) // _MICROSECOND * 1000)


def _showable(call: str, at: int) -> int:
    """Return ns since 1970 as they are; a ValueError where no datetime is that time."""
    try:
        moment(at)
    except OverflowError:
        raise ValueError(f"{call}: allowed: times from the year 1 to 9999 in UTC") from None
    return at


def moment(at: int) -> datetime:
    """Return ns since 1970 as an aware time in UTC."""
    return EPOCH + timedelta(microseconds=at // 1000)
