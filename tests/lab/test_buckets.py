"""Each histogram's bounds fit what it measures: written here by what that is.

The numbers are those of the field, in the unit of the metric's name, and not the catalogue's: hours
and days for a case, milliseconds for a query, marks from 1 to 5.
"""

import math

import pytest

from specification import rows

from .conftest import Day

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
MILLISECOND = 0.001

SPANS = {
    # Hours to days, of a case or its work: a month may pass.
    "protocols_processing_duration_seconds": (1 * HOUR, 30 * DAY),
    "work_order_processing_duration_seconds": (1 * HOUR, 30 * DAY),
    "average_turnaround_time_days": (0.25, 30),
    "protocol_age_days": (0.25, 30),
    # A step at the bench: minutes, or over night. A report: within the hour, or next week.
    "sample_processing_duration_seconds": (15 * MINUTE, 1 * DAY),
    "report_generation_duration_seconds": (1 * HOUR, 3 * DAY),
    # Somebody is signed in for a minute, or half a day's work.
    "user_session_duration_seconds": (1 * MINUTE, 4 * HOUR),
    # An attempt is a moment; with greylisting and retries a mail may take a day.
    "email_sending_duration_seconds": (100 * MILLISECOND, 1 * MINUTE),
    "email_delivery_duration_seconds": (1 * MINUTE, 1 * DAY),
    # What the machine does. Alerts ask for p95 over 2 s, people for queries over 1000 ms.
    "http_request_duration_seconds": (10 * MILLISECOND, 10),
    "database_query_duration_seconds": (1 * MILLISECOND, 5),
    "celery_task_duration_seconds": (100 * MILLISECOND, 1 * MINUTE),
    "report_pdf_generation_duration_seconds": (10 * MILLISECOND, 5),
    "work_order_pdf_generation_duration_seconds": (10 * MILLISECOND, 5),
    # Marks, and how many or how much.
    "report_feedback_rating": (1, 5),
    "user_satisfaction_score": (1, 10),
    "user_productivity_score": (10, 100),
    "report_accuracy_score": (0.5, 1),
    "report_revision_count": (0, 5),
    "work_order_average_value": (50, 500),
}
"""The lowest bound is at most the first, the highest at least the second."""

MARKS = {"report_feedback_rating": 5, "user_satisfaction_score": 10}
"""Each mark from 1 to this one can be told from the next."""

LEAST = 5
"""So many bounds lie within what is measured."""

STAY_FOR_DAYS = {"user_session_duration_seconds"}
"""The driver's people are at work for days of the laboratory's time, as no real person is."""

pytestmark = pytest.mark.timeout(300)


def test_each_histogram_is_looked_at() -> None:
    """The table above has each row of the specification."""
    assert set(SPANS) == {row["name"] for row in rows("S1") if row["kind"] == "histogram"}


@pytest.mark.parametrize("metric", SPANS)
def test_the_bounds_span_what_is_measured(metric: str, day: Day) -> None:
    """From the least to the most of it, with steps in between."""
    lowest, highest = SPANS[metric]
    for page in day.pages:
        bounds = [bound for bound in page.buckets(metric) if bound != math.inf]
        assert bounds[0] <= lowest and bounds[-1] >= highest, bounds
        assert sum(lowest <= bound <= highest for bound in bounds) >= LEAST, bounds
        # Nor in another unit: no bound is a thousand times what is measured.
        assert bounds[-1] < 1000 * highest, bounds


@pytest.mark.parametrize("metric", MARKS)
def test_each_mark_has_its_bucket(metric: str, day: Day) -> None:
    """A 4 is not in one bucket with a 3."""
    for page in day.pages:
        assert set(page.buckets(metric)) >= set(range(1, MARKS[metric] + 1))


@pytest.mark.parametrize("metric", sorted(set(SPANS) - STAY_FOR_DAYS))
def test_the_day_lies_within_the_bounds(metric: str, day: Day) -> None:
    """What was measured is neither all below the first bound nor all above the last."""
    for page in day.pages:
        *bounds, _ = counts = list(page.buckets(metric).values())
        if counts[-1] >= 3:
            assert bounds[0] < counts[-1], f"all {counts[-1]:g} are below the first bound"
            assert bounds[-1] > 0, f"all {counts[-1]:g} are above the last bound"
