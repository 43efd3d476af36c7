"""When a beat's entry was due: how often since its last run, and the last time.

From the schedule's own arithmetic; of a schedule that has none (an application's own class) nothing
is known but that a run was sent.
"""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

MANY: Final = 1000
"""So many due times are looked at: a crontab of each minute, and a beat that was down for weeks."""


class Due(NamedTuple):
    """What was due since an entry's last run."""

    times: int
    """How often, at least once; at most `MANY`."""
    late: float | None
    """How long ago, in s, the last of them was; None where that is not known."""


UNKNOWN: Final = Due(1, None)


def due(entry: Any) -> Due:
    """Return what was due of an entry that a beat sends now."""
    schedule, last = entry.schedule, entry.last_run_at
    if not isinstance(last, datetime):
        return UNKNOWN
    if hasattr(schedule, "remaining_delta"):
        return _by_calendar(schedule, last)
    if not hasattr(schedule, "remaining_estimate"):
        return UNKNOWN
    late = -schedule.remaining_estimate(last).total_seconds()
    every = getattr(schedule, "run_every", None)
    if not isinstance(every, timedelta) or every <= timedelta(0):
        return Due(1, max(0.0, late))
    further, late = divmod(max(0.0, late), every.total_seconds())
    return Due(min(MANY, 1 + int(further)), late)


def _by_calendar(schedule: Any, last: datetime) -> Due:
    """Go from one time of a crontab to the next."""
    times, at = 0, last
    while times < MANY:
        start, delta, now = schedule.remaining_delta(at)
        following = start + delta
        if following > now:
            break
        times, at = times + 1, following
    else:
        return Due(MANY, None)
    if not times:  # somebody sends it before it is due
        return Due(1, 0.0)
    return Due(times, (now - at).total_seconds())
