"""Every panel's query is asked of the real engines after the two weeks, and answers something."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.render.files import files
from labotel.render.selection import filled

from .http import ask
from .stack import Stack
from .story import STEP, Story

pytestmark = pytest.mark.timeout(600)

EMPTY = {
    ("Hosts", "Full in"): "no disk fills",
    ("PostgreSQL", "Deadlocks"): "no two transactions wait for each other",
}
"""Panels that may have nothing to show, or zero, each with its reason."""


@dataclass(frozen=True)
class Asked:
    """One query of a panel."""

    dashboard: str
    panel: str
    target: dict[str, Any]
    instant: bool

    def __str__(self) -> str:
        return f"{self.dashboard}-{self.panel}-{self.target['refId']}"


def asked() -> Iterator[Asked]:
    """Give every query of Prometheus and Loki; Tempo cannot be had here."""
    for path, text in files(BUILT_IN, [lab.catalog]).items():
        if not path.startswith("grafana/"):
            continue
        dashboard = json.loads(text)
        for panel in dashboard["panels"]:
            for target in panel.get("targets", ()):
                kind = target["datasource"]["type"]
                if kind != "tempo":
                    instant = target.get("instant") or target.get("queryType") == "instant"
                    yield Asked(dashboard["title"], panel["title"], target, bool(instant))


QUERIES = list(asked())
PANELS = {(one.dashboard, one.panel) for one in QUERIES}


def answered(one: Asked, stack: Stack, story: Story) -> list[float]:
    """Return the samples that a query answers, of lines their number."""
    window = f"{math.ceil(story.until - story.since)}s"
    query = filled(
        one.target["expr"], {"__range": window, "__rate_interval": "30s", "__interval": f"{STEP}s"}
    )
    loki = one.target["datasource"]["type"] == "loki"
    base = f"{stack.logs(0).address}/loki/api/v1" if loki else f"{stack.metrics().address}/api/v1"
    if one.instant:
        answer = ask(f"{base}/query", query=query, time=story.until)
    else:
        answer = ask(
            f"{base}/query_range", query=query, start=story.since, end=story.until, step=STEP
        )
    found = answer["data"]
    if found["resultType"] == "streams":
        return [float(len(stream["values"])) for stream in found["result"]]
    series = [
        [one["value"]] if found["resultType"] == "vector" else one["values"]
        for one in found["result"]
    ]
    return [float(value) for values in series for _, value in values]


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
