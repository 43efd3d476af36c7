"""When a beat's entry was due: how often since its last run, and how long ago the last time.

From the schedule's own times, alike in all versions of Celery; of a schedule that tells none (an
application's own class) nothing is known but that a run was sent.
"""

from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

DAYS: Final = 400
"""So many days back are looked at: an entry that runs once a year, and a beat that was down."""

_CALENDAR: Final = ("minute", "hour", "day_of_week", "day_of_month", "month_of_year")


class Due(NamedTuple):
    """What was due since an entry's last run."""

    times: int
    """How often, at least once."""
    late: float | None
    """How long ago, in s, the last of them was; None where that is not known."""


UNKNOWN: Final = Due(1, None)


def due(entry: Any) -> Due:
    """Return what was due of an entry that a beat sends now."""
    schedule, last = entry.schedule, entry.last_run_at
    if not isinstance(last, datetime):
        return UNKNOWN
    if all(hasattr(schedule, name) for name in _CALENDAR):
        return _by_calendar(schedule, last)
    if not hasattr(schedule, "remaining_estimate"):
        return UNKNOWN
    late = max(0.0, -schedule.remaining_estimate(last).total_seconds())
    every = getattr(schedule, "run_every", None)
    if not isinstance(every, timedelta) or every <= timedelta(0):
        return Due(1, late)
    further, late = divmod(late, every.total_seconds())
    return Due(1 + int(further), late)


def _by_calendar(schedule: Any, last: datetime) -> Due:
    """Count a crontab's times by the clock of its zone, day by day."""
    zone = schedule.tz
    now = schedule.maybe_make_aware(schedule.now()).astimezone(zone)
    clock = now.replace(tzinfo=None)
    since = schedule.maybe_make_aware(last).astimezone(zone).replace(tzinfo=None)
    since = max(since, clock - timedelta(days=DAYS))
    times, latest = 0, None
    of_day = [time(hour, minute) for hour in schedule.hour for minute in schedule.minute]
    for day in _days(schedule, since.date(), clock.date()):
        found = [at for one in of_day if since < (at := datetime.combine(day, one)) <= clock]
        if found:
            times, latest = times + len(found), max(found)
    if latest is None:  # somebody sends it before it is due
        return Due(1, 0.0)
    return Due(times, max(0.0, now.timestamp() - latest.replace(tzinfo=zone).timestamp()))


def _days(schedule: Any, first: date, last: date) -> list[date]:
    """Return the days on which a crontab has times: Sunday is its day 0."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        day
        for day in days
        if day.day in schedule.day_of_month
        and day.month in schedule.month_of_year
        and day.isoweekday() % 7 in schedule.day_of_week
    ]
