"""A request that is too large for its receiver (413), in two."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from labotel.export.settings import Signal

_REQUESTS: Final[dict[Signal, tuple[Any, str, str, str]]] = {
    "traces": (ExportTraceServiceRequest, "resource_spans", "scope_spans", "spans"),
    "metrics": (ExportMetricsServiceRequest, "resource_metrics", "scope_metrics", "metrics"),
    "logs": (ExportLogsServiceRequest, "resource_logs", "scope_logs", "log_records"),
}
_POINTS: Final = ("gauge", "sum", "histogram", "exponential_histogram", "summary")


def halves(signal: Signal, body: bytes) -> list[tuple[bytes, int]]:
    """Return two requests with one half each of what a request holds, and how many each holds.

    Spans, log records and data points are what is counted; a request of one of them stays alone.
    """
    whole = _REQUESTS[signal][0].FromString(body)
    found = sum(1 for _ in _items(signal, whole))
    if found < 2:
        return [(body, found)]
    first, second = (_REQUESTS[signal][0]() for _ in range(2))
    first.CopyFrom(whole)
    second.CopyFrom(whole)
    half = found // 2
    _keep(signal, first, 0, half)
    _keep(signal, second, half, found)
    return [(first.SerializeToString(), half), (second.SerializeToString(), found - half)]


def _lists(signal: Signal, request: Any) -> Iterator[Any]:
    """Give each list of items of a request."""
    _, resources, scopes, items = _REQUESTS[signal]
    for resource in getattr(request, resources):
        for scope in getattr(resource, scopes):
            if signal != "metrics":
                yield getattr(scope, items)
                continue
            for metric in getattr(scope, items):
                kind = metric.WhichOneof("data")
                if kind in _POINTS:
                    yield getattr(metric, kind).data_points


def _items(signal: Signal, request: Any) -> Iterator[Any]:
    for items in _lists(signal, request):
        yield from items


def _keep(signal: Signal, request: Any, begin: int, end: int) -> None:
    """Remove all items but those from `begin` to `end`."""
    at = 0
    for items in _lists(signal, request):
        before = len(items)
        low, high = max(begin - at, 0), min(max(end - at, 0), before)
        del items[high:]
        del items[: min(low, high)]
        at += before
    _prune(signal, request)


def _prune(signal: Signal, request: Any) -> None:
    """Remove what holds nothing any more: a metric without points is an error to some receivers."""
    _, resources, scopes, items = _REQUESTS[signal]
    for resource in getattr(request, resources):
        for scope in getattr(resource, scopes):
            if signal == "metrics":
                _filter(scope.metrics, _has_points)
        _filter(getattr(resource, scopes), lambda scope: bool(getattr(scope, items)))
    _filter(getattr(request, resources), lambda resource: bool(getattr(resource, scopes)))


def _has_points(metric: Any) -> bool:
    kind = metric.WhichOneof("data")
    return kind in _POINTS and bool(getattr(metric, kind).data_points)


def _filter(several: Any, wanted: Callable[[Any], bool]) -> None:
    for i in reversed(range(len(several))):
        if not wanted(several[i]):
            del several[i]
