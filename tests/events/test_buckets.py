"""The bucket sets that are ready-made."""

from itertools import pairwise

import pytest

from labotel.events.buckets import HOURS_TO_DAYS, MILLISECONDS, MINUTES, SECONDS


@pytest.mark.parametrize("bounds", [MILLISECONDS, SECONDS, MINUTES, HOURS_TO_DAYS])
def test_bounds_rise(bounds: tuple[float, ...]) -> None:
    """Each bound is above the one before it, as Prometheus wants them."""
    assert all(a < b for a, b in pairwise(bounds))


def test_requests_and_queries_have_the_bounds_that_the_systems_ask_for() -> None:
    """S4: queries at least 1 ms to 5 s, requests at least 10 ms to 10 s; an alert asks for 2 s."""
    assert {0.001, 0.01, 5.0, 10.0} <= set(MILLISECONDS)
    assert any(1 <= bound <= 2.5 for bound in MILLISECONDS)


def test_cases_have_bounds_from_an_hour_to_weeks() -> None:
    """A protocol takes hours to days from its submission to its completion."""
    assert HOURS_TO_DAYS[0] == 60 * 60
    assert {24 * 3600, 7 * 24 * 3600} <= set(HOURS_TO_DAYS)
    assert HOURS_TO_DAYS[-1] == 30 * 24 * 3600
