"""Every metric that the laboratory asks for comes out of its page, by name and with its labels.

One test a row of the specification: what fails says which row.
"""

import pytest

from proof import check_row, recorded
from specification import rows

from .conftest import Day

pytestmark = pytest.mark.timeout(300)


def ratios() -> list[dict[str, str]]:
    """The rows of ratios."""
    return [row for row in rows("S1") if row["kind"] == "ratio"]


def test_all_rows_are_looked_at() -> None:
    """Each row is recorded, or a ratio, or a panel's query."""
    queries = [row for row in rows("S1") if row["kind"] == "query"]
    assert len(recorded()) + len(ratios()) + len(queries) == len(rows("S1"))
    assert len(recorded()) > 60


@pytest.mark.parametrize("row", recorded(), ids=lambda row: row["name"])
def test_a_row_is_on_the_page(row: dict[str, str], day: Day) -> None:
    """In both formats: by its type, with exactly its labels, and with something to say."""
    for page in day.pages:
        check_row(row, page)


def test_what_is_going_on_is_said_at_rest_too(day: Day) -> None:
    """One worker, its empty queue, connections in each state, no request but the page's."""
    for page in day.pages:
        workers = {s.labels["worker_type"]: s.value for s in page.samples("celery_worker_count")}
        assert workers == {"prefork": 1}
        queues = {s.labels["queue_name"]: s.value for s in page.samples("celery_queue_length")}
        assert queues == {"celery": 0}
        connections = list(page.samples("database_connections_current"))
        states = {sample.labels["state"]: sample.value for sample in connections}
        # Two web workers and a worker's two processes keep theirs; the reader may be asking.
        assert states.keys() == {"active", "idle"} and 1 <= sum(states.values()) <= 2 * 4
        # Of what was asked for in the day nothing is left; `total` leaves the page itself out,
        # which is or is not under way in the process whose reading is shown.
        assert list(page.samples("http_requests_in_progress"))
        assert page.total("http_requests_in_progress") == 0


def test_a_query_has_its_counter(day: Day) -> None:
    """Throughput and revenue are asked of counters that the page has."""
    for page in day.pages:
        assert page.total("protocol_status_changes_total", to_status="completed") > 0
        assert page.total("work_order_revenue_total") > 0


def test_an_exemplar_leads_to_a_trace(day: Day) -> None:
    """OpenMetrics carries the trace of one of the measurements."""
    _, page = day.pages
    samples = page.families["protocols_processing_duration_seconds"].samples
    exemplars = [sample.exemplar for sample in samples if sample.exemplar]
    assert exemplars and all(len(e.labels["trace_id"]) == 32 for e in exemplars)
