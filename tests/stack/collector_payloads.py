"""OTLP requests as an application would send them."""

import time
from collections.abc import Mapping
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

LAB = {"service.name": "lab", "job": "django-app"}


def attributes(of: Mapping[str, Any]) -> list[KeyValue]:
    """Attributes of texts, whole numbers, lists and mappings."""
    return [KeyValue(key=key, value=_value(value)) for key, value in of.items()]


def _value(value: Any) -> AnyValue:
    match value:
        case int():
            return AnyValue(int_value=value)
        case list():
            return AnyValue(array_value=ArrayValue(values=map(_value, value)))
        case dict():
            return AnyValue(kvlist_value=KeyValueList(values=attributes(value)))
    return AnyValue(string_value=value)


def log(body: str, records: int = 1, **of: Any) -> bytes:
    """A request with a log record, or with many that are alike."""
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add(resource=Resource(attributes=attributes(LAB)))
    logged = resource.scope_logs.add().log_records
    for _ in range(records):
        logged.add(
            time_unix_nano=time.time_ns(),
            severity_text="INFO",
            body=AnyValue(string_value=body),
            attributes=attributes(of),
        )
    return request.SerializeToString()


def span(
    name: str, of: Mapping[str, str], *, trace: int = 1, seconds: float = 0.1, failed: bool = False
) -> bytes:
    """A span of a server, with the same attributes on an event of it."""
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add(resource=Resource(attributes=attributes(LAB)))
    now = time.time_ns()
    made = resource.scope_spans.add().spans.add(
        trace_id=trace.to_bytes(16, "big"),
        span_id=trace.to_bytes(8, "big"),
        name=name,
        kind="SPAN_KIND_SERVER",
        start_time_unix_nano=now - int(seconds * 1e9),
        end_time_unix_nano=now,
        attributes=attributes(of),
    )
    made.events.add(time_unix_nano=now, name="said", attributes=attributes(of))
    if failed:
        made.status.code = made.status.STATUS_CODE_ERROR
    return request.SerializeToString()


def counter(name: str, of: Mapping[str, str], *, delta: bool = False) -> bytes:
    """A request with one point of a counter, at 1."""
    request = ExportMetricsServiceRequest()
    resource = request.resource_metrics.add(resource=Resource(attributes=attributes(LAB)))
    metric = resource.scope_metrics.add().metrics.add(name=name)
    metric.sum.aggregation_temporality = 1 if delta else 2
    metric.sum.is_monotonic = True
    now = time.time_ns()
    metric.sum.data_points.add(
        start_time_unix_nano=now, time_unix_nano=now, as_int=1, attributes=attributes(of)
    )
    return request.SerializeToString()
