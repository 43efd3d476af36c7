"""The page's numbers are those that the driver counted: once for each thing that happened."""

import pytest
from prometheus_client.samples import Sample

from metrics_page import SCRAPE, Page
from proof import BOUNDED, COUNTED, GAUGES, MEASURED, check_numbers, check_sum
from specification import rows

from .conftest import Day

WORKERS = 2
"""The processes of the Celery worker."""

NO_SOONER = {"email_delivery_duration_seconds"}
"""A mail is in its folder before it is said to be delivered; how long, nobody can see."""

pytestmark = pytest.mark.timeout(300)


def test_nothing_that_was_counted_is_left_out(day: Day) -> None:
    """What the driver counts is compared here, by name."""
    assert set(day.tally.metrics()) == {*GAUGES, *COUNTED}
    assert set(day.tally.summed()) == {*MEASURED, *BOUNDED}


@pytest.mark.parametrize("metric", [*GAUGES, *COUNTED])
def test_a_metric_has_the_drivers_numbers(metric: str, day: Day) -> None:
    """By each label set that the driver tells apart."""
    for page in day.pages:
        check_numbers(metric, page, day.tally)


@pytest.mark.parametrize("metric", [*MEASURED, *BOUNDED])
def test_a_histogram_has_the_drivers_sum(metric: str, day: Day) -> None:
    """What was measured adds up: ratings, revisions, money, and what people waited for."""
    for page in day.pages:
        check_sum(metric, page, day.tally)


@pytest.mark.parametrize("metric", sorted(set(BOUNDED) - {"http_request_duration_seconds"}))
def test_the_bounds_of_a_sum_are_close(metric: str, day: Day) -> None:
    """So that a sum of 0, or of another unit, lies outside, whatever this machine is busy with."""
    spans = day.tally.spans()[metric].values()
    assert sum(span.least for span in spans) > 0
    if metric not in NO_SOONER:
        assert sum(span.most for span in spans) < 50 * sum(span.least for span in spans)


@pytest.mark.parametrize("metric", MEASURED)
def test_a_measurement_is_in_its_bucket(metric: str, day: Day) -> None:
    """At each bound stands how many of the driver's values are at most so high."""
    values = day.tally.values()[metric]
    for page in day.pages:
        counted = {bound: sum(float(v) <= bound for v in values) for bound in page.buckets(metric)}
        assert page.buckets(metric) == counted


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("report_pdf_generation_duration_seconds", "cases.tasks.render_report"),
        ("work_order_pdf_generation_duration_seconds", "orders.tasks.render_invoice"),
        ("email_sending_duration_seconds", "post.tasks.deliver"),
    ],
)
def test_work_takes_a_part_of_its_tasks_time(part: str, whole: str, day: Day) -> None:
    """What is done in a task took some time, and no longer than the task."""
    for page in day.pages:
        tasks = page.sums("celery_task_duration_seconds", frozenset({"task_name"}))
        took = tasks[frozenset({("task_name", whole)})]
        assert 0 < page.sum(part) < took < WORKERS * day.seconds


def test_nothing_moves_when_the_day_is_over(day: Day) -> None:
    """Two readings after the page agreed with the driver nothing was counted once more."""
    page = day.pages[0]
    for row in rows("S1"):
        name = row["name"]
        if row["from"].startswith("host") or name not in page.families:
            continue
        before = {(s.name, *sorted(s.labels.items())): s.value for s in _lasting(day.before, name)}
        after = {(s.name, *sorted(s.labels.items())): s.value for s in _lasting(page, name)}
        assert after == before, name


def _lasting(page: Page, name: str) -> list[Sample]:
    """A family's samples but what the page's own requests cause."""
    return [
        sample
        for sample in page.families[name].samples
        if not sample.labels.get("endpoint", "").removeprefix("^").startswith(SCRAPE)
    ]


@pytest.mark.parametrize(
    ("metric", "duration"),
    [
        ("http_requests_total", "http_request_duration_seconds"),
        ("celery_tasks_total", "celery_task_duration_seconds"),
        ("emails_sent_total", "email_sending_duration_seconds"),
        ("samples_processed_total", "sample_processing_duration_seconds"),
    ],
)
def test_a_count_and_its_duration_agree(metric: str, duration: str, day: Day) -> None:
    """One event feeds both: neither can be counted twice."""
    for page in day.pages:
        assert page.total(metric) == page.total(duration) > 0


def test_a_failed_request_is_counted_by_its_status(day: Day) -> None:
    """An unreadable label is one 500, of one route."""
    for page in day.pages:
        failed = page.total("http_requests_total", status="500")
        route = "protocols/<int:pk>/receive/"
        assert failed == page.total("http_requests_total", status="500", endpoint=route) == 1
        assert page.total("http_requests_total", status="404", endpoint="unmatched") == 1


def test_what_the_database_did_is_counted(day: Day) -> None:
    """A row that was inserted is a model's insertion and a query of its table."""
    for page in day.pages:
        made = page.total("model_operations_total", model="cases.Protocol", operation="insert")
        assert made == page.total("protocols_created_total")
        assert _queries(page, "INSERT") == made
        gone = page.total("model_operations_total", model="cases.Protocol", operation="delete")
        assert gone == 1


def _queries(page: Page, kind: str) -> float:
    """The queries of one kind to the table of the protocols, however the kind is written."""
    table, metric = "cases_protocol", "database_query_duration_seconds"
    return sum(
        sample.value
        for sample in page.samples(metric)
        if sample.labels["table"] == table and sample.labels["query_type"].upper() == kind
    )


def test_what_the_cache_did_is_counted(day: Day) -> None:
    """The home page asks the cache once a view: a miss is followed by one addition."""
    views = day.tally.noted("views of the home page")
    for page in day.pages:
        assert page.total("cache_operations_total", operation="get") == views > 0
        missed = page.total("cache_operations_total", operation="get", result="miss")
        assert missed == page.total("cache_operations_total", operation="add") > 0
