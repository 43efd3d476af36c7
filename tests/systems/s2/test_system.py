"""Everything that the specification lists for the billing analytics, row by row."""

from pathlib import Path

import pytest
import requests

from stack.alert_cases import Case
from stack.alert_cases import requests as served
from stack.fires import check_case, lint
from stack.http import ask
from systems.billing import ANALYST, PATIENT
from systems.checks import check_alert, check_panel, check_row, metric_rows, table
from systems.panels import asked, dashboards
from systems.pipeline import Rendered
from systems.played import Played

PANELS = ("Request rate", "p95 latency", "4xx and 5xx rate", "Query counts")
"""Those of the table, by their titles."""


@pytest.mark.parametrize("row", metric_rows("S2"), ids=lambda row: row["name"])
def test_a_row_is_in_prometheus(row: dict[str, str], played: Played) -> None:
    """By its type, with exactly its labels besides those that say who measured."""
    check_row(row, played.page)


def test_the_numbers_are_those_of_the_people(played: Played) -> None:
    """Each that they counted."""
    assert not list(played.tally.differences(played.page))


@pytest.mark.parametrize("row", table("alerts", "S2"), ids=lambda row: row["alert"])
def test_an_alert_is_there(row: dict[str, str], rendered: Rendered) -> None:
    """With the table's time and severity."""
    check_alert(row, rendered)


def test_the_alert_fires(rendered: Rendered, tmp_path: Path) -> None:
    """At 4 failures a minute, which is 0.067 a second; 3 a minute are 0.05, and no more."""
    lint(rendered.rules)
    told = "web answers 66.67m requests a second with 5xx"
    check_case(Case("HighErrorRate", 5, served(4), served(3), told), rendered.rules, tmp_path)


def test_the_dashboard_has_its_panels(rendered: Rendered) -> None:
    """Those that the table names."""
    [row] = table("panels", "S2")
    assert [title.lower() for title in PANELS] == [
        each.lower() for each in row["panel"].split("; ")
    ]
    titles = [panel["title"] for panel in dashboards(rendered)[row["dashboard"]]["panels"]]
    assert set(PANELS) <= set(titles)


def test_each_panel_answers(rendered: Rendered, played: Played) -> None:
    """Each query of the dashboard, on the engines."""
    for one in asked(rendered, "Application"):
        check_panel(one, played)


def test_the_rate_of_an_alias_is_that_of_its_metric(played: Played) -> None:
    """Requests by method under django-prometheus's name are as many as under labotel's."""
    alias = played.page.numbers("django_http_requests_total_by_method_total", frozenset())
    assert alias == played.page.numbers("http_requests_total", frozenset())


def test_no_patient_is_anywhere(played: Played) -> None:
    """Not in a series, a line or a span; nor is who signed in."""
    metrics = played.pipeline.metrics()
    series = ask(f"{metrics.address}/api/v1/series", **{"match[]": '{service_namespace="billing"}'})
    lines = played.lines('{service_namespace="billing"}')
    spans = played.pipeline.traces.spans
    assert series["data"] and lines and spans
    for said in (str(series), str(lines), str(spans)):
        assert PATIENT not in said
    assert ANALYST not in {
        value for one in series["data"] for name, value in one.items() if name != "__name__"
    }


def test_the_page_can_be_protected(played: Played) -> None:
    """A stranger is refused, whoever has the token is answered."""
    url = f"{played.application.address}/metrics"
    assert requests.get(url, timeout=10).status_code == 403
    answer = requests.get(url, headers={"Authorization": "Bearer sesame"}, timeout=10)
    assert answer.status_code == 200
    assert "drift_detections_total" in answer.text


def test_migrations_are_not_exposed(played: Played) -> None:
    """Neither by a metric's name nor by a label."""
    assert not [name for name in played.page.families if "migration" in name]


def test_workers_are_monitored(played: Played) -> None:
    """One worker stands, and what waits for it is known."""
    metrics = played.pipeline.metrics()
    assert metrics.number('sum(celery_worker_count{service_namespace="billing"})') == 1
    waiting = '{__name__="celery_queue_length",service_namespace="billing",queue_name="celery"}'
    assert metrics.query(waiting)
