"""What Prometheus says itself, and what a histogram is in it: the series that an engine has."""

import json
import time
import urllib.request
from collections.abc import Iterator

import pytest
import yaml

from labotel.events.who import WHO
from labotel.render.series import PROMETHEUS, Series

from .backends import COMPOSE, prometheus
from .http import ask

Found = dict[str, list[dict[str, str]]]
"""The labels of each series, by its name."""
RULES = {"groups": [{"name": "g", "interval": "1s", "rules": [
    {"alert": "Always", "expr": "asked_seconds_count > 0", "labels": {"severity": "warning"}},
    {"alert": "Later", "expr": "asked_seconds_count > 0", "for": "1h", "labels": {"severity": "x"}},
]}]}  # fmt: skip
RESOURCE = {
    "service.name": "web", "service.namespace": "lab", "service.instance.id": "a-0",
    "deployment.environment.name": "test", "service.version": "1.2", "host.name": "here",
}  # fmt: skip


def pushed() -> bytes:
    """Return OTLP: a histogram of one value, in the first of its buckets."""
    now = str(time.time_ns())
    point = {
        "startTimeUnixNano": now, "timeUnixNano": now, "count": "1", "sum": 0.5,
        "bucketCounts": ["1", "0", "0"], "explicitBounds": [1, 2.5],
        "attributes": [{"key": "way", "value": {"stringValue": "x"}}],
    }  # fmt: skip
    histogram = {"aggregationTemporality": 2, "dataPoints": [point]}
    metric = {"name": "asked", "unit": "s", "histogram": histogram}
    attributes = [{"key": k, "value": {"stringValue": v}} for k, v in RESOURCE.items()]
    resource = {"resource": {"attributes": attributes}, "scopeMetrics": [{"metrics": [metric]}]}
    return json.dumps({"resourceMetrics": [resource]}).encode()


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Found]:
    """Those of one as it is shipped, which scrapes itself and is told of one process."""
    folder = tmp_path_factory.mktemp("prometheus")
    shipped = yaml.safe_load((COMPOSE / "prometheus" / "prometheus.yml").read_text())
    (folder / "rules.yml").write_text(json.dumps(RULES))
    server = prometheus(folder, folder / "prometheus.yml")
    target = {"targets": [f"127.0.0.1:{server.ports[0]}"], "labels": {"rack": "3"}}
    made = {
        "otlp": shipped["otlp"], "storage": shipped["storage"], "rule_files": ["rules.yml"],
        "scrape_configs": [
            {"job_name": "p", "scrape_interval": "1s", "static_configs": [target]}
        ],
    }  # fmt: skip
    (folder / "prometheus.yml").write_text(json.dumps(made))
    server.start()
    address = f"http://127.0.0.1:{server.ports[0]}/api/v1"
    wanted = {series.name for series in PROMETHEUS}
    each: Found = {}
    ends = time.monotonic() + 60
    while not wanted <= each.keys() and time.monotonic() < ends:
        told = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{address}/otlp/v1/metrics", pushed(), told)
        urllib.request.urlopen(request, timeout=10).close()
        time.sleep(1)
        each = {}
        for series in ask(f"{address}/query", query='{__name__!=""}')["data"]["result"]:
            each.setdefault(series["metric"].pop("__name__"), []).append(series["metric"])
    yield each
    server.stop()


@pytest.mark.parametrize("series", PROMETHEUS, ids=lambda series: series.name)
def test_the_labels_that_are_known_are_there(series: Series, found: Found) -> None:
    """And others beside them: a resource's, an alert's, a target's."""
    each = found[series.name]
    assert all(series.labels <= labels.keys() for labels in each)
    assert any(labels.keys() - series.labels for labels in each)
    for label, values in series.values.items():
        assert {labels[label] for labels in each} <= values


def test_both_states_of_an_alert_are_seen(found: Found) -> None:
    """With the labels that its expression keeps."""
    states = {labels["alertname"]: labels["alertstate"] for labels in found["ALERTS"]}
    assert states == {"Always": "firing", "Later": "pending"}
    assert all(labels["way"] == "x" for labels in found["ALERTS"])


def test_a_histogram_has_each_of_its_buckets(found: Found) -> None:
    """Also those that nothing fell into: its series differ in `le` for certain."""
    buckets = found["asked_seconds_bucket"]
    assert sorted(labels["le"] for labels in buckets) == ["+Inf", "1", "2.5"]
    assert {frozenset(labels.keys()) for labels in buckets} == {WHO | {"way", "le"}}
