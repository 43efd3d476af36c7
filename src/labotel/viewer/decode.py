"""From parsed OTLP messages to the plain values of `labotel.viewer.model`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from labotel.viewer.model import Attributes, AttributeValue, LogRecord, Span, SpanEvent

KINDS = {
    number: name.removeprefix("SPAN_KIND_") for name, number in trace_pb2.Span.SpanKind.items()
}
STATUSES = {
    number: name.removeprefix("STATUS_CODE_")
    for name, number in trace_pb2.Status.StatusCode.items()
}


def any_value(value: AnyValue) -> AttributeValue:
    """The Python value of an OTLP AnyValue; an unset one is None."""
    match value.WhichOneof("value"):
        case "string_value":
            return value.string_value
        case "int_value":
            return value.int_value
        case "bool_value":
            return value.bool_value
        case "double_value":
            return value.double_value
        case "array_value":
            return [any_value(item) for item in value.array_value.values]
        case "kvlist_value":
            return {pair.key: any_value(pair.value) for pair in value.kvlist_value.values}
        case "bytes_value":
            return value.bytes_value
        case _:  # unset, or an index into the profiling signal's table
            return None


def attributes_of(pairs: Iterable[KeyValue]) -> Attributes:
    """The attributes of anything in OTLP as a dictionary."""
    return {pair.key: any_value(pair.value) for pair in pairs}


def spans_in(request: ExportTraceServiceRequest) -> Iterator[Span]:
    """Every span of a request, in its order."""
    for group in request.resource_spans:
        resource = attributes_of(group.resource.attributes)
        for scope_spans in group.scope_spans:
            for span in scope_spans.spans:
                yield _span(span, resource, scope_spans.scope.name)


def _span(span: trace_pb2.Span, resource: Attributes, scope: str) -> Span:
    return Span(
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_span_id=span.parent_span_id.hex(),
        name=span.name,
        # Numbers newer than these definitions still show as themselves.
        kind=KINDS.get(span.kind, str(span.kind)),
        start_ns=span.start_time_unix_nano,
        end_ns=span.end_time_unix_nano,
        attributes=attributes_of(span.attributes),
        events=tuple(
            SpanEvent(event.name, event.time_unix_nano, attributes_of(event.attributes))
            for event in span.events
        ),
        status=STATUSES.get(span.status.code, str(span.status.code)),
        status_message=span.status.message,
        resource=resource,
        scope=scope,
    )


def logs_in(request: ExportLogsServiceRequest) -> Iterator[LogRecord]:
    """Every log record of a request, in its order."""
    for group in request.resource_logs:
        resource = attributes_of(group.resource.attributes)
        for scope_logs in group.scope_logs:
            for record in scope_logs.log_records:
                yield _log(record, resource, scope_logs.scope.name)


def _log(record: logs_pb2.LogRecord, resource: Attributes, scope: str) -> LogRecord:
    return LogRecord(
        # The specification lets a source leave its own time out; then the observed time stands.
        time_ns=record.time_unix_nano or record.observed_time_unix_nano,
        severity_text=record.severity_text,
        severity_number=record.severity_number,
        body=any_value(record.body),
        event_name=record.event_name,
        attributes=attributes_of(record.attributes),
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        resource=resource,
        scope=scope,
    )
