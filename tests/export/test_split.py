"""A request that is too large goes in two: together they say what the whole said."""

from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from labotel.export.settings import Signal
from labotel.export.split import halves


def traces(*groups: int) -> ExportTraceServiceRequest:
    """Return a request with so many spans in each scope."""
    request = ExportTraceServiceRequest()
    for number, count in enumerate(groups):
        resource = request.resource_spans.add()
        resource.resource.attributes.add(key="service.name").value.string_value = f"s{number}"
        scope = resource.scope_spans.add()
        scope.scope.name = "labotel"
        for n in range(count):
            scope.spans.add(name=f"{number}.{n}", span_id=(n + 1).to_bytes(8, "big"))
    return request


def names(body: bytes) -> list[tuple[str, str]]:
    """Return (service, span) of each span."""
    return [
        (resource.resource.attributes[0].value.string_value, span.name)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
        if scope.scope.name == "labotel"
    ]


@pytest.mark.parametrize("groups", [(2,), (3,), (1, 1), (5, 0, 4), (1, 7), (100, 1, 1)])
def test_spans_are_divided_in_their_order(groups: tuple[int, ...]) -> None:
    """Each with its own resource and scope; no half is empty, and none holds an empty scope."""
    body = traces(*groups).SerializeToString()
    (first, one), (second, two) = halves("traces", body)
    assert names(first) + names(second) == names(body)
    assert (len(names(first)), len(names(second))) == (one, two)
    assert (one, two) == (sum(groups) // 2, -(-sum(groups) // 2))
    for half in (first, second):
        for resource in ExportTraceServiceRequest.FromString(half).resource_spans:
            assert all(len(scope.spans) for scope in resource.scope_spans)
            assert len(resource.scope_spans)


def test_log_records_are_divided() -> None:
    """As spans are."""
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    for n in range(5):
        scope.log_records.add(time_unix_nano=n + 1)
    parts = halves("logs", request.SerializeToString())
    times = [
        [
            r.time_unix_nano
            for r in _only(ExportLogsServiceRequest, body, "resource_logs").log_records
        ]
        for body, _ in parts
    ]
    assert times == [[1, 2], [3, 4, 5]] and [n for _, n in parts] == [2, 3]


def _only(kind: Any, body: bytes, resources: str) -> Any:
    (resource,) = getattr(kind.FromString(body), resources)
    return resource.scope_logs[0]


def test_the_points_of_one_metric_are_divided() -> None:
    """A metric keeps its name, unit, temporality; one without points is in neither half."""
    request = ExportMetricsServiceRequest()
    scope = request.resource_metrics.add().scope_metrics.add()
    total = scope.metrics.add(name="orders_total", unit="1")
    total.sum.is_monotonic = True
    total.sum.aggregation_temporality = 2
    for n in range(3):
        total.sum.data_points.add(as_int=n)
    scope.metrics.add(name="took_seconds").histogram.data_points.add(count=7)
    found = []
    for body, _ in halves("metrics", request.SerializeToString()):
        (resource,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
        found.append(
            [
                (m.name, m.unit, m.sum.is_monotonic, [p.as_int for p in m.sum.data_points],
                 [p.count for p in m.histogram.data_points])
                for m in resource.scope_metrics[0].metrics
            ]
        )  # fmt: skip
    assert found == [
        [("orders_total", "1", True, [0, 1], [])],
        [("orders_total", "1", True, [2], []), ("took_seconds", "", False, [], [7])],
    ]


@pytest.mark.parametrize("signal", ["traces", "metrics", "logs"])
def test_what_cannot_be_divided_stays(signal: Signal) -> None:
    """An empty request has no halves."""
    assert halves(signal, b"") == [(b"", 0)]


def test_one_span_stays_alone() -> None:
    """It is what the receiver finds too large."""
    body = traces(1).SerializeToString()
    assert halves("traces", body) == [(body, 1)]


def test_halved_again_and_again_all_is_there() -> None:
    """Until each is alone."""
    body = traces(9, 4).SerializeToString()
    waiting, alone = [body], []
    while waiting:
        parts = halves("traces", waiting.pop(0))
        if len(parts) == 1:
            alone += names(parts[0][0])
        else:
            waiting += [part for part, _ in parts]
    assert sorted(alone) == sorted(names(body))
