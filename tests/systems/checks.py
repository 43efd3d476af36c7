"""What the specification's tables ask of a system, checked row by row."""

import csv
import math
from pathlib import Path

from metrics_page import Page
from specification import names, rows
from stack.fires import declared
from stack.panels import Asked
from systems.panels import answered
from systems.pipeline import Rendered
from systems.played import Played

TABLES = Path(__file__).parents[1] / "tables"
AT_REST = frozenset({
    "celery_queue_length", "database_connections_current", "http_requests_in_progress",
    "django_http_requests_in_progress", "django_db_connections_active",
    "django_db_connections_idle", "django_redis_connections_active",
    "scitrace_database_connections",
})  # fmt: skip
"""What is going on: little is, when all is over."""
_DATABASE = frozenset({"database"})
"""The connection's alias belongs to no row's "exactly"."""


def table(name: str, system: str) -> list[dict[str, str]]:
    """Return a system's rows of `alerts` or `panels`."""
    with (TABLES / f"{name}.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["system"] == system]


def metric_rows(system: str) -> list[dict[str, str]]:
    """Return a system's rows that are in Prometheus under their name: all."""
    found = rows(system)
    assert found
    return found


def check_row(row: dict[str, str], page: Page) -> None:
    """A row is there by its type, with exactly its labels, and with something to say."""
    name = row["name"]
    assert name in page.families, f"{name} is not in Prometheus"
    kind = "gauge" if row["kind"] == "ratio" else row["kind"]
    assert page.families[name].type == kind
    allowed = _DATABASE if row["from"] == "database" else frozenset()
    listed = frozenset(names(row["labels"]))
    assert page.label_sets(name), f"{name} has a type and no sample"
    for found in page.label_sets(name):
        assert found - (allowed - listed) == listed
        assert not found & set(names(row["never_labels"]))
    if name not in AT_REST:
        assert any(sample.value for sample in page.samples(name)), f"{name} is 0 throughout"


def check_alert(row: dict[str, str], rendered: Rendered) -> None:
    """An alert is there, with the table's time and severity."""
    rule = declared(rendered.rules)[row["alert"]]
    assert (rule.get("for", "0m"), rule["labels"]["severity"]) == (row["for"], row["severity"])


def check_panel(one: Asked, played: Played) -> None:
    """A panel's query answers a number, which may be zero."""
    samples = answered(one, played)
    assert not any(map(math.isinf, samples))
    assert any(map(math.isfinite, samples)), f"{one} answers nothing"
