"""Every panel's query is asked of the real engines after the two weeks, and answers something."""

import json
import math
from collections.abc import Iterator

import pytest

from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.render.files import files

from . import panels
from .panels import Asked
from .stack import Stack
from .story import Story

pytestmark = pytest.mark.timeout(600)

EMPTY = {
    ("Hosts", "Full in"): "no disk fills",
    ("Celery", "Time limits and lost children"): "no task is limited, and no child is killed",
    ("Celery", "Scheduled runs"): "the laboratory's beat has no timetable",
    ("PostgreSQL", "Deadlocks"): "no two transactions wait for each other",
}
"""Panels that may have nothing to show, or zero, each with its reason."""


def asked() -> Iterator[Asked]:
    """Give every query of every dashboard."""
    for path, text in files(BUILT_IN, [lab.catalog]).items():
        if path.startswith("grafana/"):
            yield from panels.asked(json.loads(text))


QUERIES = list(asked())
PANELS = {(one.dashboard, one.panel) for one in QUERIES}


def answered(one: Asked, stack: Stack, story: Story) -> list[float]:
    """Return the samples that a query answers, of lines their number."""
    return panels.answered(one, stack.metrics(), stack.logs(0), story.since, story.until)


@pytest.mark.parametrize("one", QUERIES, ids=str)
def test_a_query_answers(one: Asked, stack: Stack, story: Story) -> None:
    """A finite number, or a line."""
    samples = answered(one, stack, story)
    assert not any(map(math.isinf, samples))
    if (one.dashboard, one.panel) not in EMPTY:
        assert any(map(math.isfinite, samples))


@pytest.mark.parametrize("panel", sorted(PANELS), ids="-".join)
def test_a_panel_shows_something(panel: tuple[str, str], stack: Stack, story: Story) -> None:
    """One of its numbers is not zero: half of all reports may need no revision."""
    if panel not in EMPTY:
        asked = [one for one in QUERIES if (one.dashboard, one.panel) == panel]
        samples = [sample for one in asked for sample in answered(one, stack, story)]
        assert any(math.isfinite(sample) and sample for sample in samples)


def test_few_may_be_empty() -> None:
    """Five at most, and each of them is there."""
    assert len(EMPTY) <= 5
    assert EMPTY.keys() <= PANELS


TOLD = {
    ("Laboratory overview", "Protocols created today"): "protocols_created_total",
    ("Laboratory overview", "Reports finalized today"): "reports_finalized_total",
    ("Lab: protocol", "Protocols submitted"): "protocols_submitted_total",
    ("Lab: protocol", "Protocols received"): "protocols_received_total",
    ("Lab: protocol", "Protocol status changes"): "protocol_status_changes_total",
    ("Lab: sample", "Samples processed"): "samples_processed_total",
    ("Lab: report", "Reports created"): "reports_created_total",
    ("Lab: report", "Reports sent"): "reports_sent_total",
    ("Lab: email", "Emails sent"): "emails_sent_total",
    ("Lab: notification", "Notifications sent"): "notifications_sent_total",
    ("Lab: work order", "Work orders created"): "work_orders_created_total",
    ("Lab: user", "User sessions"): "user_sessions_total",
}


@pytest.mark.parametrize(("place", "metric"), TOLD.items(), ids=str)
def test_a_panel_has_the_drivers_number(
    place: tuple[str, str], metric: str, stack: Stack, story: Story
) -> None:
    """To the unit, over all that was stopped, killed and replaced."""
    [one] = [q for q in QUERIES if (q.dashboard, q.panel) == place and q.instant]
    assert answered(one, stack, story) == [float(story.tally.total(metric))]


def test_loki_and_prometheus_both_are_asked() -> None:
    """So that a change of the reader of dashboards does not empty the test."""
    kinds = {one.target["datasource"]["type"] for one in QUERIES}
    assert kinds == {"prometheus", "loki"} and len(QUERIES) > 150
