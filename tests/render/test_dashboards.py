"""Dashboards say what was declared: the panels that people asked for, their filters and links."""

import csv
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from labotel import Catalog
from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.events.errors import DeclarationError
from labotel.events.panels import Dashboard, Panel, Query, Row, logs, traces
from labotel.render.files import RenderError, files

CREATED = 'count_over_time({job=~".+"} | event_name="lab.protocol.created" | json [5m])'
TABLE = Path(__file__).parents[1] / "tables" / "panels.csv"


def drawn(*catalogs: Catalog) -> dict[str, dict[str, Any]]:
    """Return the dashboards of these catalogues by their titles."""
    made = files(BUILT_IN, catalogs)
    read = [json.loads(text) for path, text in made.items() if path.startswith("grafana/")]
    return {dashboard["title"]: dashboard for dashboard in read}


def one(*panels: Panel | Row) -> dict[str, Any]:
    """Return a dashboard with these panels."""
    return drawn(Catalog("site", dashboards=[Dashboard("Site", panels)]))["Site"]


def asked_for() -> list[dict[str, str]]:
    """The rows of the laboratory."""
    with TABLE.open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["system"] == "S1"]


@pytest.mark.parametrize("row", asked_for(), ids=lambda row: row["panel"])
def test_the_laboratory_has_the_panels_that_it_asked_for(row: dict[str, str]) -> None:
    """On their dashboards, by their names, with their thresholds and shapes."""
    dashboard = drawn(lab.catalog)[row["dashboard"]]
    panel = next(panel for panel in dashboard["panels"] if panel["title"] == row["panel"])
    expected = re.findall(r"(red|yellow|green) (\d+)", row["thresholds"])
    if expected:
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        found = [(step["color"], step["value"] or 0) for step in steps]
        assert found[-len(expected) :] == [(colour, int(value)) for colour, value in expected]
    assert ("(pie)" in row["shows"]) == (panel["type"] == "piechart")


def test_a_panel_of_one_number_asks_once_and_a_line_with_exemplars() -> None:
    """Exemplars stand on buckets alone: they are what a trace is found by."""
    made = one(
        Panel("Now", "sum(http_requests_total)", "stat"),
        Panel("p95", "histogram_quantile(0.95, sum by (le)"
              " (rate(http_request_duration_seconds_bucket[$__rate_interval])))", unit="s"),
        Panel("Rate", Query("sum(rate(http_requests_total[5m]))", "all")),
    )  # fmt: skip
    now, p95, rate = (panel["targets"][0] for panel in made["panels"])
    assert now["instant"] and not now["range"]
    assert p95["range"] and p95["exemplar"] is True
    assert rate["exemplar"] is False and rate["legendFormat"] == "all"


def test_each_query_goes_to_its_source_with_the_filters() -> None:
    """Prometheus, Loki and Tempo, as they are provisioned."""
    made = one(
        Panel("Rate", "rate(http_requests_total[5m])"),
        Panel("Lines", logs('{service_name=~".+"} |= "x"'), "logs"),
        Panel("Slowest", traces("{ duration > 1s }"), "traces"),
    )
    found = [panel["targets"][0] for panel in made["panels"]]
    assert [target["datasource"]["uid"] for target in found] == ["prometheus", "loki", "tempo"]
    filters = 'service_name=~"$service",deployment_environment_name=~"$environment"'
    assert found[0]["expr"] == f'rate(http_requests_total{{{filters},instance=~"$instance"}}[5m])'
    assert found[1]["expr"] == f'{{{filters},service_name=~".+"}} |= "x"'
    assert found[2]["query"] == '{resource.service.name=~"${service:pipe}" && ( duration > 1s )}'


def test_each_panel_leads_to_its_lines_and_traces() -> None:
    """With the filters and the time kept: Grafana fills in the variables."""
    [panel] = one(Panel("Rate", "rate(http_requests_total[5m])"))["panels"]
    assert [link["title"] for link in panel["links"]] == ["Logs", "Traces"]
    for link, name, key, expected in zip(
        panel["links"], ("loki", "tempo"), ("expr", "query"),
        ('{service_name=~"${service:pipe}",deployment_environment_name=~"${environment:pipe}"}',
         '{resource.service.name=~"${service:pipe}"}'),
        strict=True,
    ):  # fmt: skip
        parts = urlsplit(link["url"])
        assert parts.path == "/explore"
        [text] = parse_qs(parts.query)["panes"]
        pane = json.loads(text)["a"]
        assert pane["datasource"] == name
        assert pane["queries"][0][key] == expected
        assert pane["range"] == {"from": "${__from}", "to": "${__to}"}
        # What Grafana fills in stands in the address as it is, not percent-encoded.
        assert "${service:pipe}" in link["url"] and "${__from}" in link["url"]


def test_panels_stand_side_by_side_below_their_heading() -> None:
    """24 columns; each has a number of its own, and none lies over another."""
    made = one(
        Panel("a", "sum(http_requests_total)", width=12, height=4),
        Panel("b", "sum(http_requests_total)", width=12, height=6),
        Row("More"),
        Panel("c", "sum(http_requests_total)", width=24),
    )
    places = [tuple(panel["gridPos"][key] for key in "xywh") for panel in made["panels"]]
    assert places == [(0, 0, 12, 4), (12, 0, 12, 6), (0, 6, 24, 1), (0, 7, 24, 8)]
    assert len({panel["id"] for panel in made["panels"]}) == 4


def test_a_person_may_choose() -> None:
    """The service, its environment and instances; every thing at first, and the last hour."""
    made = one(Panel("a", "sum(http_requests_total)"))
    variables = {one["name"]: one for one in made["templating"]["list"]}
    assert list(variables) == ["service", "environment", "instance"]
    assert all(v["multi"] and v["includeAll"] for v in variables.values() if "multi" in v)
    assert made["editable"] and made["refresh"] == "30s"
    assert made["time"] == {"from": "now-1h", "to": "now"}


def test_each_page_marks_deployments() -> None:
    """Of the services that are chosen, by the step that is looked at; titled by what began."""
    marks = [page["annotations"]["list"] for page in drawn(lab.catalog).values()]
    [mark] = marks[0]
    assert len(marks) > 20 and all(each == [mark] for each in marks)
    assert (mark["name"], mark["enable"], mark["datasource"]["uid"]) == (
        "Deployments", True, "prometheus",
    )  # fmt: skip
    assert mark["titleFormat"] == "{{service_name}} {{service_version}}"
    filters = (
        'service_name=~"$service",deployment_environment_name=~"$environment",instance=~"$instance"'
    )
    selector = f'target_info{{{filters},service_version!=""}}'
    by = "service_namespace, service_name, deployment_environment_name, service_version"
    now, before = mark["expr"].split("\nunless\n")
    assert now == f"group by ({by}) ({selector})"
    assert before == f"group by ({by}) (last_over_time({selector}[1d] offset $__interval))"


def test_nothing_is_no_number() -> None:
    """A ratio of an hour without traffic is nothing, and says so."""
    [panel] = one(Panel("a", "sum(http_requests_total)", "stat"))["panels"]
    assert panel["fieldConfig"]["defaults"]["noValue"] == "no traffic"


def test_a_renamed_label_names_the_panel() -> None:
    """And the dashboard, and what there is."""
    wrong = Dashboard("Site", [Panel("By verb", "sum by (verb) (http_requests_total)")])
    with pytest.raises(RenderError) as caught:
        drawn(Catalog("site", dashboards=[wrong]))
    assert "panel 'By verb' of 'Site': what sum adds up has no label 'verb'" in str(caught.value)


@pytest.mark.parametrize(
    ("keywords", "says"),
    [
        ({"kind": "graph"}, "kind='graph'; allowed: stat, timeseries"),
        ({"width": 25}, "width=25; allowed: 1 to 24"),
        ({"queries": ()}, "it asks nothing"),
        ({"thresholds": ((5, "pink"),)}, "the threshold 5 is 'pink'; allowed: green"),
    ],
)
def test_a_wrong_panel_is_refused(keywords: dict[str, Any], says: str) -> None:
    """With its title, the value and what is allowed."""
    given: dict[str, Any] = {"title": "Mine", "queries": "up"}
    with pytest.raises(DeclarationError, match="panel 'Mine'") as caught:
        Panel(**(given | keywords))
    assert says in str(caught.value)


@pytest.mark.parametrize("title", ["Обзор", "A very long title of a page that nobody reads"])
def test_a_page_has_an_address_that_grafana_takes(title: str) -> None:
    """40 characters at most, and one of its own."""
    panel = Panel("a", "sum(http_requests_total)")
    pages = [Dashboard(each, [panel]) for each in (title, f"{title}!")]
    made = drawn(Catalog("site", dashboards=pages))
    names = {made[each]["uid"] for each in (title, f"{title}!")}
    assert len(names) == 2 and all(len(name) <= 40 for name in names)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ('{service_name=~".+"} | event_name="lab.protocol.createt"',
         "no catalogue declares the event 'lab.protocol.createt' (did you mean"),
        ('{service_name=~".+"} | event_name=~"lab.protocol.created|lab.no"', "the event 'lab.no'"),
        (f"sum by (vet) ({CREATED})", "lab.protocol.created has no field 'vet'"),
    ],
)  # fmt: skip
def test_a_renamed_event_or_field_names_the_panel_of_lines(query: str, says: str) -> None:
    """As a renamed label does that of numbers."""
    wrong = Dashboard("Site", [Panel("Lines", logs(query), "logs")])
    with pytest.raises(RenderError) as caught:
        drawn(lab.catalog, Catalog("site", dashboards=[wrong]))
    assert "panel 'Lines' of 'Site': " in str(caught.value) and says in str(caught.value)


@pytest.mark.parametrize(
    "query",
    [
        '{job="nginx-access"} | json | status >= 500', '{oops', "", "}{",
        '{service_name=~".+"} | event_name=~"lab[.]protocol.*"',
        f"sum by (service_name, veterinarian) ({CREATED})",
    ],
)  # fmt: skip
def test_what_cannot_be_judged_passes(query: str) -> None:
    """The engine says what it thinks of it."""
    drawn(lab.catalog, Catalog("site", dashboards=[Dashboard("S", [Panel("L", logs(query))])]))
