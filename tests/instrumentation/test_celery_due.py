"""How often an entry was due since its last run: against times that a person works out."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from celery import Celery
from celery.schedules import crontab, schedule

from labotel.instrumentation.celery.due import Due, due

NOW = datetime(2026, 3, 10, 12, 0, 30, tzinfo=UTC)  # a Tuesday


def entry(made: type, last: datetime, *args: object, zone: str = "UTC", **kwargs: object) -> object:
    """An entry of a schedule, now."""
    app = Celery("x", broker="memory://", set_as_current=False)
    app.conf.timezone = zone
    zoned = NOW.astimezone(ZoneInfo(zone))
    return SimpleNamespace(
        schedule=made(*args, nowfun=lambda: zoned, app=app, **kwargs), last_run_at=last
    )


@pytest.mark.parametrize(
    ("ago", "every", "expected"),
    [
        (60.0, 60, Due(1, 0.0)),
        (61.5, 60, Due(1, 1.5)),
        (119, 60, Due(1, 59.0)),
        (120, 60, Due(2, 0.0)),
        (605, 60, Due(10, 5.0)),
        (86400 * 7, 60, Due(7 * 24 * 60, 0.0)),
        (30, 60, Due(1, 0.0)),  # somebody sends it before it is due
    ],
)
def test_an_interval_is_due_each_time_it_has_passed(
    ago: float, every: float, expected: Due
) -> None:
    """Since the last run; what is sent is late by what has passed since the last of them."""
    last = NOW - timedelta(seconds=ago)
    assert due(entry(schedule, last, timedelta(seconds=every))) == expected


@pytest.mark.parametrize(
    ("cron", "last", "expected"),
    [
        ({}, NOW - timedelta(seconds=45), Due(1, 30.0)),  # each minute: 12:00
        ({}, NOW - timedelta(minutes=3), Due(3, 30.0)),  # 11:58, 11:59, 12:00
        ({"minute": "0", "hour": "4"}, datetime(2026, 3, 9, 4, 0, 1, tzinfo=UTC),
         Due(1, 8 * 3600 + 30.0)),
        ({"minute": "0", "hour": "4"}, datetime(2026, 3, 6, 4, 0, 1, tzinfo=UTC),
         Due(4, 8 * 3600 + 30.0)),  # the 7th, 8th, 9th, 10th
        ({"minute": "0", "hour": "12", "day_of_week": "mon"},
         datetime(2026, 2, 20, 12, 0, 1, tzinfo=UTC),
         Due(3, 86400 + 30.0)),  # 23 February, 2 and 9 March
        ({"minute": "0", "hour": "0", "day_of_month": "1"},
         datetime(2025, 12, 31, 23, 0, 0, tzinfo=UTC),
         Due(3, 9 * 86400 + 12 * 3600 + 30.0)),  # January, February, March
        ({}, NOW - timedelta(days=7), Due(7 * 24 * 60, 30.0)),
        ({"minute": "0", "hour": "0"}, NOW - timedelta(days=2000), Due(400, 43200.0 + 30.0)),
        ({}, NOW, Due(1, 0.0)),  # somebody sends it before it is due
    ],
)  # fmt: skip
def test_a_crontab_is_due_at_each_of_its_times(
    cron: dict[str, str], last: datetime, expected: Due
) -> None:
    """Counted over days, weeks and months, at most four hundred days back."""
    assert due(entry(crontab, last, **cron)) == expected


def test_a_crontab_goes_by_its_own_zone() -> None:
    """4:00 in Vienna, in winter, is 3:00 UTC: the 10th's is the only one."""
    last = datetime(2026, 3, 9, 3, 0, 1, tzinfo=UTC)
    found = due(entry(crontab, last, zone="Europe/Vienna", minute="0", hour="4"))
    assert found == Due(1, 9 * 3600 + 30.0)


def test_a_schedule_without_arithmetic_is_one_run_of_unknown_lateness() -> None:
    """Nor does an entry without a last run say more."""
    bare = SimpleNamespace(schedule=SimpleNamespace(), last_run_at=NOW)
    assert due(bare) == Due(1, None)
    never = entry(schedule, NOW, timedelta(seconds=1))
    never.last_run_at = None  # type: ignore[attr-defined]
    assert due(never) == Due(1, None)
