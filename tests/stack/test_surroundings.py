"""What the laboratory runs on: its host, PostgreSQL, Redis and nginx, and metrics of spans."""

import pytest

from .outside import DAYS
from .stack import Stack
from .story import Story

pytestmark = pytest.mark.timeout(600)

SURROUNDINGS = [
    "system_cpu_time_seconds_total", "system_memory_usage_bytes", "system_filesystem_usage_bytes",
    "postgresql_backends", "postgresql_commits_total", "postgresql_blks_hit_total",
    "redis_clients_connected", "redis_commands_processed_total",
    "nginx_requests_total", "nginx_connections_current",
    "httpcheck_duration_milliseconds",
    "otelcol_receiver_accepted_spans_total", "otelcol_exporter_queue_size",
]  # fmt: skip


@pytest.mark.parametrize("metric", SURROUNDINGS)
def test_it_is_measured(metric: str, stack: Stack, story: Story) -> None:
    """By the Collector's receivers, and by the Collector of itself."""
    assert stack.metrics().query(f"last_over_time({metric}[5m])", story.until)


def test_what_is_measured_has_its_labels(stack: Stack, story: Story) -> None:
    """PostgreSQL's table and index, of which database; and which server each number is of."""
    ask = stack.metrics()
    postgresql = f"127.0.0.1:{stack.postgresql.ports[0]}"
    table = {
        "job": "postgresql", "instance": postgresql, "database": "postgres", "schema": "public",
        "table": "django_migrations",
    }  # fmt: skip
    index = {**table, "index": "django_migrations_pkey"}
    for metric, labels in (("table_size", table), ("index_size", index)):
        found = ask.query(f"postgresql_{metric}_bytes", story.until)
        assert any(labels.items() <= series.items() for series, _ in found), metric
    redis = ask.query("redis_clients_connected", story.until)
    at = f"127.0.0.1:{stack.redis.ports[0]}"
    assert {(series["job"], series["instance"]) for series, _ in redis} == {("redis", at)}


def test_what_is_asked_from_outside_is_told_by_its_url(stack: Stack, story: Story) -> None:
    """Without what stands behind the `?`: the status, and how long the certificate holds."""
    answers = stack.metrics().query("httpcheck_status_code", story.until)
    assert {labels["http_url"]: status for labels, status in answers} == {
        stack.status: 200, stack.secure: 200,
    }  # fmt: skip
    who = {(labels["job"], labels["instance"]) for labels, _ in answers}
    assert who == {("check", "collector")}
    [(labels, left)] = stack.metrics().query("httpcheck_tls_cert_remaining_seconds", story.until)
    assert labels["http_url"] == stack.secure
    assert DAYS - 1 < left / 86_400 < DAYS


def test_spans_become_metrics(stack: Stack, story: Story) -> None:
    """By service and kind, with exemplars."""
    query = 'sum by (service_name) (traces_span_metrics_calls_total{span_kind="SPAN_KIND_SERVER"})'
    assert stack.metrics().query(query, story.until)
    duration = "traces_span_metrics_duration_seconds_bucket"
    assert stack.metrics().exemplars(duration, story.since, story.until)


def test_services_become_a_graph(stack: Stack, story: Story) -> None:
    """The web calls the worker, and both call the database."""
    found = stack.metrics().query(
        "last_over_time(traces_service_graph_request_total[5m])", story.until
    )
    edges = {(labels["client"], labels["server"]) for labels, _ in found}
    assert ("django-app", "celery-worker") in edges
    assert {client for client, server in edges if server == "default"} >= {"django-app"}


def test_exceptions_become_a_metric(stack: Stack, story: Story) -> None:
    """By type, and never by message."""
    found = stack.metrics().query("last_over_time(exceptions_total[5m])", story.until)
    types = {labels["exception_type"] for labels, _ in found}
    assert types
    assert all("exception_message" not in labels for labels, _ in found)
