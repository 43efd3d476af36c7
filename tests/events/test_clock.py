"""The clocks of what is said."""

from collections.abc import Iterator
from time import perf_counter_ns, time_ns

import pytest

from labotel.events import clock


@pytest.fixture(autouse=True)
def _own_clock() -> Iterator[None]:
    yield
    clock.count_by(None)


def test_they_are_the_systems() -> None:
    """Called as they are, without anything between."""
    assert clock.now is time_ns and clock.ticks is perf_counter_ns


def test_durations_may_be_measured_by_another_until_it_is_given_back() -> None:
    """As a test does."""
    clock.count_by(lambda: 7)
    assert clock.ticks() == 7
    clock.count_by(None)
    assert clock.ticks is perf_counter_ns
