"""`path("", include("labotel.instrumentation.django.urls"))` in a project's URL configuration.

Below another prefix they stand where that says; `paths` gives each page an address of its own.
"""

from collections.abc import Callable
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from labotel.instrumentation.django.adding import increment as add
from labotel.instrumentation.django.views import exported, values
from labotel.instrumentation.django.views import health as healthy
from labotel.instrumentation.django.views import metrics as scraped
from labotel.instrumentation.django.views import status as told

View = Callable[[HttpRequest], HttpResponse]


def paths(
    metrics: str | None = "metrics",
    health: str | None = "health",
    status: str | None = "status",
    increment: str | None = "increment",
    export: str | None = "metrics/export",
    prometheus: str | None = None,
    metrics_format: Literal["text", "json"] = "text",
) -> list[URLPattern]:
    """Return the pages at these addresses, each with and without a slash at its end; None: none.

    With `metrics_format="json"` the metrics are JSON, and Prometheus's text may stand at
    `prometheus`. The values are files at `export` with `.csv` and `.json` behind it::

        path("metrics/", include(paths(metrics="", health="health/", status="status/")))
    """
    if metrics_format not in ("text", "json"):
        raise ValueError(f"metrics_format={metrics_format!r}; allowed: 'text', 'json'")
    made: list[URLPattern] = []
    made += _both(metrics, scraped if metrics_format == "text" else values, "labotel-metrics")
    made += _both(prometheus, scraped, "labotel-prometheus")
    made += _both(health, healthy, "labotel-health")
    made += _both(status, told, "labotel-status")
    made += _both(increment, add, "labotel-increment")
    if export is not None:
        stem = export.rstrip("/")
        made.append(path(f"{stem}.csv", exported("csv"), name="labotel-export-csv"))
        made.append(path(f"{stem}.json", exported("json"), name="labotel-export-json"))
    return made


def _both(place: str | None, view: View, name: str) -> list[URLPattern]:
    """Return two routes and no pattern for both: the route is what a request's span shows."""
    if place is None:
        return []
    if not isinstance(place, str):
        raise ValueError(f"{name}={place!r}; allowed: a path, as in 'metrics/', or None")
    other = place[:-1] if place.endswith("/") else f"{place}/"
    found: list[Any] = [path(place, view, name=name)]
    return [*found, path(other, view)] if place else found


urlpatterns = paths()
