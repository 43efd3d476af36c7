"""Everything that the specification lists for the warehouses, row by row."""

from pathlib import Path

import pytest

from stack.alert_cases import Case, Values, durations, requests, series
from stack.fires import check_case, lint
from systems.checks import check_alert, check_panel, check_row, metric_rows, table
from systems.logistics import CLERK, TRACKING
from systems.panels import asked, dashboards
from systems.pipeline import Rendered
from systems.played import Played


@pytest.mark.parametrize("row", metric_rows("S4"), ids=lambda row: row["name"])
def test_a_row_is_in_prometheus(row: dict[str, str], played: Played) -> None:
    """By its type, with exactly its labels besides those that say who measured."""
    check_row(row, played.page)


def test_the_numbers_are_those_of_the_people(played: Played) -> None:
    """Each that they counted."""
    assert not list(played.tally.differences(played.page))


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("primepre_goods_processing_seconds", {0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300}),
        ("primepre_api_request_duration_seconds", {0.01, 10}),
        ("primepre_database_query_duration_seconds", {0.001, 5}),
    ],
)
def test_a_histogram_has_its_buckets(name: str, bounds: set[float], played: Played) -> None:
    """Those of the table, or at least from its lowest to its highest."""
    assert bounds <= set(played.page.buckets(name))


@pytest.mark.parametrize("row", table("alerts", "S4"), ids=lambda row: row["alert"])
def test_an_alert_is_there(row: dict[str, str], rendered: Rendered) -> None:
    """With the table's time and severity."""
    check_alert(row, rendered)


def utilization(percent: int) -> Values:
    """A warehouse, as two processes have read it."""
    return {series("primepre_warehouse_utilization_percent", warehouse="ghana"): f"{percent}x30"}


def incoming(later: int) -> Values:
    """A parcel a minute for more than a day, and then so many a minute."""
    name = series("primepre_goods_received_total", warehouse="china", status="received")
    return {name: f"0+1x1500 {1500 + later}+{later}x240"}


@pytest.mark.parametrize("case", [
    Case("HighAPILatency", 5, durations(6), durations(4),
         "web: one request in twenty takes over 2.917s"),
    Case("HighErrorRate", 2, requests(7), requests(6),
         "web answers 116.7m requests a second with an error"),
    Case("WarehouseCapacityHigh", 10, utilization(91), utilization(90),
         "91% of the goods in ghana wait",
         {"service_namespace": "lab", "deployment_environment_name": "production",
          "warehouse": "ghana"}, at=0),
    # An hour later 3 a minute, where it was 1 for 23 of 24 hours: 3 - 26/24 a minute more.
    Case("GoodsReceivedUnusual", 30, incoming(3), incoming(1),
         "Each second 31.94m goods more or fewer come in than usual", {}, at=1561),
], ids=lambda case: case.alert)  # fmt: skip
def test_an_alert_fires(case: Case, rendered: Rendered, tmp_path: Path) -> None:
    """At its threshold it is silent."""
    check_case(case, rendered.rules, tmp_path)


def test_the_rules_pass_the_lint(rendered: Rendered) -> None:
    """All of promtool's."""
    lint(rendered.rules)


def test_the_dashboard_has_its_panels(rendered: Rendered) -> None:
    """Those that the table names, and utilization turns yellow at 70 and red at 90."""
    [row] = table("panels", "S4")
    drawn = {
        panel["title"].lower(): panel
        for panel in dashboards(rendered)[row["dashboard"]]["panels"]
    }  # fmt: skip
    for name in row["panel"].split("; "):
        assert name.lower().removesuffix(" (pie)") in drawn
    assert drawn["goods by status"]["type"] == "piechart"
    steps = drawn["warehouse utilization"]["fieldConfig"]["defaults"]["thresholds"]["steps"]
    assert {(step["color"], step["value"]) for step in steps} >= {("yellow", 70), ("red", 90)}


def test_each_panel_answers(rendered: Rendered, played: Played) -> None:
    """Each query of the dashboard, on the engines."""
    for one in asked(rendered, "Business and API"):
        check_panel(one, played)


def test_who_did_what_is_in_the_logs(played: Played) -> None:
    """One line for each thing that was done, with a pseudonym, and never a name."""
    lines = played.lines('{service_namespace="logistics"} |= "logistics.goods.processed"')
    assert (
        len(lines)
        == played.page.numbers("primepre_goods_processing_seconds", frozenset())[frozenset()]
    )
    people = {line.said["done_by"] for line in lines}
    assert len(people) == 1 and people != {CLERK}
    assert {line.said["outcome"] for line in lines} == {"success", "failure"}


def test_no_series_names_a_parcel_or_a_person(played: Played) -> None:
    """Tracking numbers and names stay out of all labels."""
    for family in played.page.families.values():
        for sample in family.samples:
            assert not any(TRACKING in v or v == CLERK for v in sample.labels.values())


def test_the_promise_has_an_error_budget(rendered: Rendered) -> None:
    """An objective is rendered with its burn rates."""
    alerts = {rule["alert"] for rule in rendered.ruled if "alert" in rule}
    assert {"ApiAnswersBudgetBurnsFast", "ApiAnswersBudgetBurnsSlowly"} <= alerts
