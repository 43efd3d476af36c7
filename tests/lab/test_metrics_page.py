"""Every metric that the laboratory asks for comes out of its page, by name and with its labels.

One test a row of the specification: what fails says which row.
"""

import pytest

from labotel.catalogs import cache
from labotel.catalogs.lab import catalog
from labotel.events.catalog import selected
from metrics_page import Page, names, rows

from .conftest import Day

RULES = ("rule", "panel", "alias")
"""What comes from a recording rule or a panel, and from no process."""

AT_REST = {"celery_queue_length", "database_connections_current", "http_requests_in_progress"}
"""Gauges of what is going on: nothing is, when the day is over."""

DATABASE = frozenset({"database"})
"""The connection's alias belongs to no row's "exactly"."""

pytestmark = pytest.mark.timeout(300)


def recorded() -> list[dict[str, str]]:
    """The rows that a process records."""
    return [row for row in rows("S1") if not row["from"].startswith(RULES)]


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
        assert row["name"] in page.families
        _check(row, page)


def _check(row: dict[str, str], page: Page) -> None:
    name = row["name"]
    assert page.families[name].type == row["kind"]
    allowed = DATABASE if row["from"] == "database" else frozenset()
    listed = frozenset(names(row["labels"]))
    for found in page.label_sets(name):
        assert found - (allowed - listed) == listed
        assert not found & set(names(row["never_labels"]))
    if name not in AT_REST:
        assert any(sample.value for sample in page.samples(name))


@pytest.mark.parametrize("row", ratios(), ids=lambda row: row["name"])
def test_a_ratio_is_declared_and_has_its_counters(row: dict[str, str], day: Day) -> None:
    """It is a rule over two counters of the page, by exactly its labels."""
    declared = {ratio.name: ratio for ratio in (*catalog.ratios, *cache.catalog.ratios)}
    ratio = declared[row["name"]]
    assert list(ratio.by) == names(row["labels"])
    for part in (ratio.part, ratio.whole):
        metric, wanted = selected(ratio.name, part)
        for page in day.pages:
            assert page.total(metric, **wanted) > 0
            assert page.label_sets(metric) and all(
                found >= {*ratio.by, *wanted} for found in page.label_sets(metric)
            )


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
