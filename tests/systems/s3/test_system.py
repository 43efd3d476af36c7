"""Everything that the specification lists for the web analytics, row by row."""

from pathlib import Path

import pytest

from stack.alert_cases import WHO, Case, Values, disk, durations, memory, requests, series
from stack.fires import check_case, declared, lint
from systems.checks import check_alert, check_panel, check_row, metric_rows, table
from systems.panels import asked, dashboards
from systems.pipeline import Rendered
from systems.played import Played
from systems.web import STAFF

DASHBOARDS = ("System overview", "Django", "Comprehensive")
SHOWN = {
    "requests": "Requests", "latency": "Latency", "errors": "Errors", "database": "Database",
    "cache": "Cache", "analytics": "Analytics", "port scans": "Port scans",
    "system resources": "System resources",
}  # fmt: skip
"""The panels that the table names, by their titles."""


@pytest.mark.parametrize("row", metric_rows("S3"), ids=lambda row: row["name"])
def test_a_row_is_in_prometheus(row: dict[str, str], played: Played) -> None:
    """By its type, with exactly its labels besides those that say who measured."""
    check_row(row, played.page)


def test_the_numbers_are_those_of_the_people(played: Played) -> None:
    """Each that they counted, while the cache was away, too."""
    assert not list(played.tally.differences(played.page))


@pytest.mark.parametrize("row", table("alerts", "S3"), ids=lambda row: row["alert"])
def test_an_alert_is_there(row: dict[str, str], rendered: Rendered) -> None:
    """With the table's time and severity."""
    check_alert(row, rendered)


def processors(busy: int) -> Values:
    """Two cores, as busy as that on average."""
    return {
        series("cpu_usage_percent", core=core): f"{busy + more}x30"
        for core, more in (("0", -5), ("1", 5))
    }


@pytest.mark.parametrize("case", [
    Case("SlowResponses", 5, durations(6), durations(4),
         "web: one request in twenty takes over 2.917s"),
    Case("HighErrorRate", 5, requests(6), requests(5), "web answers 6% of requests with 5xx"),
    Case("HighCpuUsage", 5, processors(81), processors(80),
         "The processors are busy for 81% of the time", dict(WHO), at=0),
    Case("HighMemoryUsage", 5, memory(851), memory(850), "85.1% of the memory is used",
         dict(WHO), at=0),
    Case("HighDiskUsage", 5, disk(99), disk(100), "/ is full to 90.1%",
         WHO | {"mountpoint": "/", "filesystem": "ext4"}, at=0),
], ids=lambda case: case.alert)  # fmt: skip
def test_an_alert_fires(case: Case, rendered: Rendered, tmp_path: Path) -> None:
    """At its threshold it is silent."""
    check_case(case, rendered.rules, tmp_path)


def test_the_rules_pass_the_lint(rendered: Rendered) -> None:
    """All of promtool's."""
    lint(rendered.rules)
    assert "ServiceDown" in declared(rendered.rules)


def test_the_dashboards_have_their_panels(rendered: Rendered) -> None:
    """All that the table names stands on the comprehensive one."""
    [row] = table("panels", "S3")
    assert tuple(row["dashboard"].split("; ")) == DASHBOARDS
    drawn = dashboards(rendered)
    assert set(DASHBOARDS) <= set(drawn)
    titles = {panel["title"] for panel in drawn["Comprehensive"]["panels"]}
    assert {SHOWN[name] for name in row["panel"].split("; ")} <= titles


def test_each_panel_answers(rendered: Rendered, played: Played) -> None:
    """Each query of the dashboards, on the engines."""
    for one in asked(rendered, *DASHBOARDS):
        check_panel(one, played)


def test_no_visitor_is_a_label(played: Played) -> None:
    """Nor is a page, a session or who signed in."""
    never = {"visitor", "session", "url", "page", "host", "user"}
    for family in played.page.families.values():
        for sample in family.samples:
            assert not never & set(sample.labels)
            assert STAFF not in sample.labels.values()
