"""The clock that a test holds and moves."""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.testing.clock import HeldClock, moment, nanoseconds

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STEPS = st.lists(
    st.one_of(
        st.just("freeze"),
        st.just("unfreeze"),
        st.timedeltas(timedelta(0), timedelta(days=400)),
        st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
    max_size=12,
)


def test_it_runs_with_the_systems_clock_at_first() -> None:
    """A test that does not freeze it sees the present."""
    clock = HeldClock()
    before = time.time_ns()
    assert before <= clock.now() <= time.time_ns()


def test_it_stands_where_it_was_frozen() -> None:
    """However long the test takes."""
    clock = HeldClock()
    clock.freeze(NOON)
    first = clock.now(), clock.ticks()
    time.sleep(0.002)
    assert (clock.now(), clock.ticks()) == first
    assert moment(clock.now()) == NOON


def test_it_moves_by_what_the_test_says_and_by_nothing_else() -> None:
    """Time and duration alike, to the microsecond."""
    clock = HeldClock()
    clock.freeze(NOON)
    ticks = clock.ticks()
    clock.advance(timedelta(days=3, microseconds=7))
    assert moment(clock.now()) == NOON + timedelta(days=3, microseconds=7)
    assert clock.ticks() - ticks == (3 * 86_400 * 1_000_000 + 7) * 1000


def test_advance_holds_a_clock_that_runs() -> None:
    """At the present, then it moves."""
    clock = HeldClock()
    before = time.time_ns()
    clock.advance(timedelta(hours=1))
    assert clock.now() == clock.now()
    assert before <= clock.now() - 3600 * 10**9 <= time.time_ns()


def test_after_unfreeze_it_is_the_systems_time_again() -> None:
    """And runs."""
    clock = HeldClock()
    clock.freeze(NOON)
    clock.unfreeze()
    before = time.time_ns()
    assert before <= clock.now() <= time.time_ns()
    assert clock.ticks() < clock.ticks()


@given(STEPS)
def test_ticks_never_go_back(steps: list[Any]) -> None:
    """Whatever is done between two readings: nothing takes less than no time."""
    clock = HeldClock()
    last = clock.ticks()
    for step in steps:
        if step == "freeze":
            clock.freeze()
        elif step == "unfreeze":
            clock.unfreeze()
        elif isinstance(step, timedelta):
            clock.advance(step)
        else:
            clock.freeze(step)
        assert clock.ticks() >= last
        last = clock.ticks()


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_a_time_comes_back_as_it_was_given(at: datetime) -> None:
    """To the microsecond, which is all that a datetime has."""
    assert moment(nanoseconds(at)) == at


def test_any_time_zone_is_understood() -> None:
    """14:00 two hours east of Greenwich is noon."""
    east = datetime(2026, 3, 1, 14, tzinfo=timezone(timedelta(hours=2)))
    assert moment(nanoseconds(east)) == NOON


@pytest.mark.parametrize("at", [datetime(2026, 3, 1), "2026-03-01", 5])  # noqa: DTZ001
def test_a_time_without_a_zone_is_refused(at: Any) -> None:
    """Nobody could know which moment is meant."""
    with pytest.raises(ValueError, match="aware datetime"):
        HeldClock().freeze(at)


@pytest.mark.parametrize(
    "at",
    [
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-5))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=5))),
    ],
)
def test_a_time_that_no_datetime_is_in_utc_is_refused(at: datetime) -> None:
    """The history could not show it; the clock stays as it was."""
    clock = HeldClock()
    with pytest.raises(ValueError, match="from the year 1 to 9999 in UTC"):
        clock.freeze(at)
    assert clock.now() < clock.now()


def test_it_cannot_be_moved_past_all_times() -> None:
    """Frozen or not, it stays as it was; the last microsecond is one that it has."""
    clock = HeldClock()
    with pytest.raises(ValueError, match="9999"):
        clock.advance(timedelta.max)
    assert clock.now() < clock.now()
    last = datetime.max.replace(tzinfo=UTC)
    clock.freeze(last - timedelta(days=1))
    before = clock.now(), clock.ticks()
    with pytest.raises(ValueError, match=r"advance\(datetime.timedelta\(days=2\)\)"):
        clock.advance(timedelta(days=2))
    assert (clock.now(), clock.ticks()) == before
    clock.advance(timedelta(days=1))
    assert moment(clock.now()) == last


@pytest.mark.parametrize("by", [timedelta(seconds=-1), 5, None])
def test_it_cannot_be_moved_back(by: Any) -> None:
    """A duration below zero is measured by no clock."""
    with pytest.raises(ValueError, match="0 or more"):
        HeldClock().advance(by)


def test_the_modules_functions_are_looked_up_at_each_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that freezegun, which replaces them, is followed."""
    clock = HeldClock()
    monkeypatch.setattr(time, "time_ns", lambda: 5)
    assert clock.now() == 5
