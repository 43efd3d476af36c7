"""Everything that the specification lists for the research system, row by row."""

from pathlib import Path

import pytest

from stack.alert_cases import WHO, Case, Values, memory, requests, series
from stack.fires import check_case, lint
from systems.checks import check_alert, check_panel, check_row, metric_rows, table
from systems.panels import asked, dashboards
from systems.pipeline import Rendered
from systems.played import Played
from systems.research import DATASET, RESEARCHERS


@pytest.mark.parametrize("row", metric_rows("S5"), ids=lambda row: row["name"])
def test_a_row_is_in_prometheus(row: dict[str, str], played: Played) -> None:
    """By its type, with exactly its labels besides those that say who measured."""
    check_row(row, played.page)


def test_the_numbers_are_those_of_the_people(played: Played) -> None:
    """Each that they counted."""
    assert not list(played.tally.differences(played.page))


@pytest.mark.parametrize("row", table("alerts", "S5"), ids=lambda row: row["alert"])
def test_an_alert_is_there(row: dict[str, str], rendered: Rendered) -> None:
    """With the table's time and severity."""
    check_alert(row, rendered)


def processors(busy: int) -> Values:
    """A core that is as busy as that."""
    return {series("cpu_usage_percent", core="0"): f"{busy}x30"}


@pytest.mark.parametrize("case", [
    Case("HighErrorRate", 0, requests(11), requests(10), "web: 11% of requests fail"),
    Case("HighCpuUsage", 0, processors(81), processors(80),
         "The processors are busy for 81% of the time", dict(WHO)),
    Case("HighMemoryUsage", 0, memory(851), memory(850), "85.1% of the memory is used", dict(WHO)),
], ids=lambda case: case.alert)  # fmt: skip
def test_an_alert_fires(case: Case, rendered: Rendered, tmp_path: Path) -> None:
    """At once, and at its threshold it is silent."""
    check_case(case, rendered.rules, tmp_path)


def test_the_rules_pass_the_lint(rendered: Rendered) -> None:
    """All of promtool's."""
    lint(rendered.rules)


def test_the_dashboard_has_its_panels(rendered: Rendered) -> None:
    """Those that the table names."""
    [row] = table("panels", "S5")
    titles = {p["title"].lower() for p in dashboards(rendered)[row["dashboard"]]["panels"]}
    assert {name.lower() for name in row["panel"].split("; ")} <= titles


def test_each_panel_answers(rendered: Rendered, played: Played) -> None:
    """Each query of the dashboard, on the engines."""
    for one in asked(rendered, "SciTrace"):
        check_panel(one, played)


def test_no_data_set_and_nobody_is_a_label(played: Played) -> None:
    """Nor is a path."""
    for family in played.page.families.values():
        for sample in family.samples:
            values = sample.labels.values()
            assert not any(DATASET in value for value in values)
            assert not {*RESEARCHERS, str(played.application.work)} & set(values)


def test_each_command_is_a_line(played: Played) -> None:
    """With its command, how it ended and how long it took; and the error, where there was one."""
    lines = played.lines('{service_namespace="research"} |= "research.datalad_operation"')
    said = [line.said for line in lines if line.said.get("event") == "research.datalad_operation"]
    assert len(said) == 8
    assert all(one["command"].startswith("git ") and one["duration"] > 0 for one in said)
    [failed] = [one for one in said if one["outcome"] == "failure"]
    assert failed["command"] == "git show" and failed["error_type"]


def test_responses_say_their_time(played: Played) -> None:
    """By the header X-Response-Time."""
    import requests as http

    answer = http.get(f"{played.application.address}/", timeout=10)
    assert float(answer.headers["X-Response-Time"].removesuffix("ms")) > 0
