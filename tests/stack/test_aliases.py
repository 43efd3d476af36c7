"""What aliases record, by Prometheus's own evaluation: no rate moves, quantiles are the same."""

from pathlib import Path
from typing import Any

import pytest

from labotel import Catalog
from labotel.catalogs.aliases import celery_exporter, django_prometheus
from labotel.catalogs.builtin import BUILT_IN
from labotel.events.alias import Alias
from labotel.render.files import files

from . import promtool
from .promtool import series

ERRORS = [
    Alias("api_errors_total", f'http_requests_total{{status=~"{first}.."}}', by=("endpoint",),
          labels={"error_type": name})
    for first, name in ((4, "client_error"), (5, "server_error"))
]  # fmt: skip


def holds(folder: Path, values: dict[str, str], answers: dict[str, list[dict[str, Any]]]) -> None:
    """Have the packs' rules evaluated, and compare what queries answer after 20 m."""
    packs = [django_prometheus.catalog, celery_exporter.catalog, Catalog("api", aliases=ERRORS)]
    made = files(BUILT_IN, packs).items()
    promtool.holds(
        folder, [text for path, text in made if path.startswith("prometheus/")], values, answers
    )


REQUEST = {"method": "GET", "endpoint": "list/", "status": "200"}
REQUESTS = {
    # One process goes on, another begins anew at 0 after five minutes, as a restarted one does.
    series("http_requests_total", "a", **REQUEST): "0+30x80",
    series("http_requests_total", "b", **REQUEST): "0+30x19 0+30x60",
    series("http_requests_total", "b", **REQUEST | {"status": "404"}): "0+15x19 0+15x60",
    series("http_requests_total", "b", **REQUEST | {"status": "500"}): "0+3x19 0+3x60",
}


def test_a_restart_moves_no_rate(tmp_path: Path) -> None:
    """30, 30, 15 and 3 more each 15 s: 5.2 a second, before, over and after the restart."""
    alias = "sum(rate(django_http_requests_total_by_method_total[%s] offset %s))"
    raw = "sum(rate(http_requests_total[%s] offset %s))"
    asked = {
        query % window: [{"labels": "{}", "value": 5.2}]
        for query in (alias, raw) for window in (("10m", "0m"), ("10m", "3m"), ("4m", "15m15s"))
    }  # fmt: skip
    # Over the restart itself, an alias has the very rate that the metric has.
    over = ("10m", "12m")
    same = f"abs({alias % over} - {raw % over}) < bool 1e-9"
    holds(tmp_path, REQUESTS, asked | {same: [{"labels": "{}", "value": 1.0}]})


def test_constant_labels_tell_one_from_the_other(tmp_path: Path) -> None:
    """Every status from 400 on, in two classes; by the endpoint alone."""
    rate = "sum by (endpoint, error_type) (rate(api_errors_total[5m]))"
    expected = [
        {"labels": '{endpoint="list/",error_type="client_error"}', "value": 1.0},
        {"labels": '{endpoint="list/",error_type="server_error"}', "value": 0.2},
    ]
    holds(tmp_path, REQUESTS, {rate: expected})


@pytest.mark.parametrize("quantile", [0.5, 0.95])
def test_quantiles_are_the_metrics_own(quantile: float, tmp_path: Path) -> None:
    """An aliased histogram keeps its buckets."""
    values = {
        series("http_request_duration_seconds_bucket", one, **REQUEST, le=le): f"0+{n}x80"
        for one in "ab"
        for le, n in (("0.1", 3), ("0.5", 8), ("1", 9), ("+Inf", 10))
    }
    name = "django_http_requests_latency_seconds_by_view_method_bucket"
    of = f"histogram_quantile({quantile}, sum by (le, %s) (rate(%s[5m])))"
    alias, raw = of % ("view", name), of % ("endpoint", "http_request_duration_seconds_bucket")
    # 50 of 100 end within 0.1 + 0.4 x (5 - 3) / (8 - 3) s, 95 above 1 s, which is the last bound.
    expected = {0.5: 0.26, 0.95: 1.0}[quantile]
    holds(tmp_path, values, {
        alias: [{"labels": '{view="list/"}', "value": expected}],
        raw: [{"labels": '{endpoint="list/"}', "value": expected}],
    })  # fmt: skip
