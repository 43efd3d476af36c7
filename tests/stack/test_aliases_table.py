"""What Prometheus records of the table's alias rows, for two processes of which one began anew."""

from pathlib import Path
from typing import Any

import pytest

from aliased import SYSTEMS
from labotel import Catalog
from labotel.catalogs.aliases import django_prometheus
from labotel.catalogs.builtin import BUILT_IN
from labotel.render.files import files

from .promtool import holds, series

GOES_ON, BEGAN_ANEW = "0+{n}x80", "0+{n}x19 0+{n}x60"
ROUTE = {"method": "GET", "endpoint": "list/"}
QUERY = {"database": "default", "query_type": "select", "table": "cases"}
GET = {"cache_type": "default", "operation": "get"}


def counters(name: str, n: int, **labels: str) -> dict[str, str]:
    """A counter of two processes, each growing by `n` in 15 s."""
    return {
        series(name, "a", **labels): GOES_ON.format(n=n),
        series(name, "b", **labels): BEGAN_ANEW.format(n=n),
    }


def histograms(name: str, **labels: str) -> dict[str, str]:
    """Three within 0.1 s, nine within 1 s, one longer, each 15 s."""
    found: dict[str, str] = {}
    for le, n in (("0.1", 3), ("1", 9), ("+Inf", 10)):
        found |= counters(f"{name}_bucket", n, **labels, le=le)
    return found | counters(f"{name}_count", 10, **labels) | counters(f"{name}_sum", 6, **labels)


def gauges(name: str, values: tuple[int, int], **labels: str) -> dict[str, str]:
    """A gauge of two processes."""
    return {series(name, i, **labels): f"{v}x80" for i, v in zip("ab", values, strict=True)}


CONNECTIONS = "database_connections_current"
GIVEN = (
    counters("http_requests_total", 30, **ROUTE, status="200")
    | counters("http_requests_total", 15, **ROUTE, status="404")
    | counters("http_requests_total", 3, **ROUTE, status="500")
    | histograms("http_request_duration_seconds", **ROUTE, status="200")
    | gauges("http_requests_in_progress", (2, 3), **ROUTE)
    | histograms("database_query_duration_seconds", **QUERY)
    | histograms("database_query_duration_seconds", **QUERY | {"table": "users"})
    | gauges(CONNECTIONS, (2, 1), database="default", state="active")
    | gauges(CONNECTIONS, (5, 0), database="default", state="idle")
    | counters("cache_operations_total", 30, **GET, result="hit")
    | counters("cache_operations_total", 15, **GET, result="miss")
    | counters("cache_operations_total", 6, **GET | {"operation": "set"}, result="success")
    | counters("model_operations_total", 30, model="app.Case", operation="insert")
)

# Each 15 s: two processes' growth, over 15 s.
PER_S = 2 / 15
ALL, OK, CLIENT, SERVER = (n * PER_S for n in (48, 30, 15, 3))
RATES: dict[str, dict[str, list[tuple[dict[str, str], float]]]] = {
    "S2": {
        "django_http_requests_total_by_method_total": [({"method": "GET"}, ALL)],
        "django_http_responses_total_by_status_total": [
            ({"status": "200"}, OK), ({"status": "404"}, CLIENT), ({"status": "500"}, SERVER)],
        "django_db_query_total": [({}, 20 * PER_S)],
        "django_db_execute_total": [({"alias": "default"}, 20 * PER_S)],
        "django_db_query_duration_seconds_count": [({"alias": "default"}, 20 * PER_S)],
        "django_http_requests_latency_seconds_by_view_method_count": [
            ({"view": "list/", "method": "GET"}, 10 * PER_S)],
        "django_model_inserts_total": [({"model": "app.Case"}, 30 * PER_S)],
        "django_cache_get_total": [({"backend": "default"}, 45 * PER_S)],
        "django_cache_hits_total": [({"backend": "default"}, 30 * PER_S)],
        "django_cache_get_misses_total": [({"backend": "default"}, 15 * PER_S)],
    },
    "S3": {
        "django_http_requests_total": [
            (ROUTE | {"status": s}, v) for s, v in (("200", OK), ("404", CLIENT), ("500", SERVER))],
        "django_http_request_duration_seconds_count": [(ROUTE, 10 * PER_S)],
        "django_db_query_duration_seconds_count": [
            ({"database": "default", "operation": "select"}, 20 * PER_S)],
        "django_cache_hits_total": [({}, 30 * PER_S)],
        "django_cache_misses_total": [({}, 15 * PER_S)],
        "django_cache_operations_total": [
            ({"operation": "get"}, 45 * PER_S), ({"operation": "set"}, 6 * PER_S)],
    },
    "S4": {
        "primepre_api_request_duration_seconds_count": [(ROUTE | {"status": "200"}, 10 * PER_S)],
        "primepre_database_query_duration_seconds_count": [({"query_type": "select"}, 20 * PER_S)],
        "primepre_api_errors_total": [
            ({"endpoint": "list/", "error_type": "client_error"}, CLIENT),
            ({"endpoint": "list/", "error_type": "server_error"}, SERVER)],
    },
    "S5": {
        "scitrace_requests_total": [(ROUTE, ALL)],
        "scitrace_request_duration_seconds_sum": [({}, 6 * PER_S)],
    },
}  # fmt: skip
VALUES: dict[str, dict[str, list[tuple[dict[str, str], float]]]] = {
    "S3": {
        "django_http_requests_in_progress": [(ROUTE, 5)],
        "django_db_connections_active": [({}, 3)],
        "django_db_connections_idle": [({}, 5)],
    },
    "S5": {"scitrace_database_connections": [({}, 8)]},
}
MEDIANS = {
    "S2": "django_http_requests_latency_seconds_by_view_method",
    "S3": "django_db_query_duration_seconds",
    "S4": "primepre_api_request_duration_seconds",
    "S5": "scitrace_request_duration_seconds",
}


def shown(answers: list[tuple[dict[str, str], float]]) -> list[dict[str, Any]]:
    """As promtool writes samples."""
    text = "{{{}}}".format
    return [
        {"labels": text(",".join(f'{k}="{v}"' for k, v in labels.items())), "value": value}
        for labels, value in answers
    ]


def rules(catalog: Catalog) -> list[str]:
    """The files of Prometheus's rules."""
    made = files(BUILT_IN, [catalog])
    return [text for path, text in made.items() if path.startswith("prometheus/")]


@pytest.mark.parametrize("system", list(SYSTEMS))
def test_each_row_is_recorded(system: str, tmp_path: Path) -> None:
    """By its labels: rates past a restart, gauges added up, a histogram's median by its buckets."""
    asked: dict[str, list[dict[str, Any]]] = {}
    for name, answers in RATES[system].items():
        by = ", ".join(answers[0][0])
        asked[f"sum by ({by}) (rate({name}[10m]))"] = shown(answers)
    for name, answers in VALUES.get(system, {}).items():
        asked[f"sum by ({', '.join(answers[0][0])}) ({name})"] = shown(answers)
    # 5 of 10: 0.1 s + 0.9 s x (5 - 3) / (9 - 3).
    median = f"histogram_quantile(0.5, sum by (le) (rate({MEDIANS[system]}_bucket[10m])))"
    asked[median] = [{"labels": "{}", "value": 0.4}]
    moved = Catalog("moved", aliases=SYSTEMS[system])
    holds(tmp_path, rules(moved), GIVEN, asked)


@pytest.mark.parametrize("system", list(RATES))
def test_a_restart_moves_no_rate(system: str, tmp_path: Path) -> None:
    """Over the restart itself each alias has the very rate that its metric has: by process."""
    name = {
        "S2": "django_http_requests_total_by_method_total", "S3": "django_http_requests_total",
        "S4": "primepre_api_errors_total", "S5": "scitrace_requests_total",
    }[system]  # fmt: skip
    raw = 'http_requests_total{status=~"[45].."}' if system == "S4" else "http_requests_total"
    over = "sum(rate({}[10m] offset 12m))".format
    same = f"abs({over(name)} - {over(raw)}) < bool 1e-9"
    moved = Catalog("moved", aliases=SYSTEMS[system])
    holds(tmp_path, rules(moved), GIVEN, {same: [{"labels": "{}", "value": 1.0}]})


def test_a_vendor_stands_on_what_is_said_of_its_database(tmp_path: Path) -> None:
    """As django-prometheus 2.5 has it."""
    query = "sum by (alias, vendor) (rate(django_db_execute_total[10m]))"
    answers = shown([({"alias": "default", "vendor": "postgresql"}, 20 * PER_S)])
    pack = django_prometheus.pack({"default": "postgresql"})
    holds(tmp_path, rules(pack), GIVEN, {query: answers})
