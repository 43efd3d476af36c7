"""What the SDK was told is what the receiver understood."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.trace import SpanKind, StatusCode

from labotel.viewer.points import points_in
from labotel.viewer.receiver import Receiver


def test_a_span_arrives_as_it_was_recorded(receiver: Receiver, process: Callable[..., Any]) -> None:
    """Names, ids, kind, times, attributes, events, status, resource and scope all come over."""
    tracer = process("lab", "slot-1").tracer_provider().get_tracer("the.scope")
    with tracer.start_as_current_span("parent", kind=SpanKind.SERVER) as parent:
        child = tracer.start_span(
            "child", start_time=1_000, attributes={"n": 3, "tags": ["a", "b"]}
        )
        child.add_event("happened", {"ok": True}, timestamp=1_500)
        child.set_status(StatusCode.ERROR, "broken")
        child.end(end_time=2_000)
    assert receiver.store.wait_for(lambda: len(receiver.spans) == 2)
    received = {span.name: span for span in receiver.spans}
    sent = child.get_span_context()
    span = received["child"]
    assert span.trace_id == format(sent.trace_id, "032x")
    assert span.span_id == format(sent.span_id, "016x")
    assert span.parent_span_id == format(parent.get_span_context().span_id, "016x")
    assert (span.kind, received["parent"].kind) == ("INTERNAL", "SERVER")
    assert received["parent"].parent_span_id == ""
    assert (span.start_ns, span.end_ns) == (1_000, 2_000)
    assert span.attributes == {"n": 3, "tags": ["a", "b"]}
    assert [(e.name, e.time_ns, e.attributes) for e in span.events] == [
        ("happened", 1_500, {"ok": True})
    ]
    assert (span.status, span.status_message) == ("ERROR", "broken")
    assert received["parent"].status == "UNSET"
    assert span.resource["service.name"] == "lab"
    assert span.resource["service.instance.id"] == "slot-1"
    assert span.scope == "the.scope"


def test_a_log_record_arrives_as_it_was_emitted(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Body, severity, event name, attributes and the span it was written in come over."""
    one = process()
    logger = one.logger_provider().get_logger("the.logger")
    with one.tracer_provider().get_tracer("t").start_as_current_span("within") as span:
        logger.emit(
            LogRecord(
                timestamp=1_000,
                severity_number=SeverityNumber.WARN,
                severity_text="WARN",
                body={"text": "hello", "n": 2.5},
                event_name="lab.greeted",
                attributes={"raw": b"\x00\xff"},
            )
        )
    logger.emit(LogRecord(observed_timestamp=2_000, body="outside"))
    assert receiver.store.wait_for(lambda: len(receiver.logs) == 2)
    inside, outside = receiver.logs
    assert inside.time_ns == 1_000
    assert (inside.severity_text, inside.severity_number) == ("WARN", 13)
    assert inside.body == {"text": "hello", "n": 2.5}
    assert inside.event_name == "lab.greeted"
    assert inside.attributes == {"raw": b"\x00\xff"}
    assert inside.trace_id == format(span.get_span_context().trace_id, "032x")
    assert inside.span_id == format(span.get_span_context().span_id, "016x")
    assert inside.scope == "the.logger"
    assert (outside.time_ns, outside.trace_id, outside.span_id) == (2_000, "", "")


def test_every_instrument_arrives_with_its_kind_and_value(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Counters, up-down counters and gauges have a value; a histogram its buckets and limits."""
    provider = process().meter_provider()
    meter = provider.get_meter("m")
    meter.create_counter("c", unit="By", description="bytes").add(5, {"x": 1})
    meter.create_up_down_counter("u").add(-2)
    meter.create_gauge("g").set(2.5)
    histogram = meter.create_histogram("h", explicit_bucket_boundaries_advisory=[1.0, 10.0])
    for value in (0.5, 1.0, 2.0, 20.0):
        histogram.record(value)
    assert provider.force_flush()
    points = {point.name: point for point in receiver.points}
    assert {name: point.kind for name, point in points.items()} == {
        "c": "counter",
        "u": "updown",
        "g": "gauge",
        "h": "histogram",
    }
    assert (points["c"].value, points["u"].value, points["g"].value) == (5, -2, 2.5)
    assert (points["c"].unit, points["c"].description) == ("By", "bytes")
    assert points["c"].attributes == {"x": 1}
    assert points["c"].temporality == "cumulative"
    assert 0 < points["c"].start_ns < points["c"].time_ns
    assert (points["h"].count, points["h"].sum) == (4, 23.5)
    # Upper bounds are inclusive (OTLP, explicit_bounds), so 1.0 is in the first bucket.
    assert (points["h"].bounds, points["h"].bucket_counts) == ((1.0, 10.0), (2, 1, 1))
    assert (points["h"].min, points["h"].max) == (0.5, 20.0)
    assert (points["c"].min, points["c"].max) == (None, None)


def test_an_exponential_histogram_is_shown_with_explicit_buckets(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Each value lies in a bucket whose bounds hold it; zero has a bucket; the sum is kept."""
    view = View(instrument_name="h", aggregation=ExponentialBucketHistogramAggregation())
    provider = process().meter_provider(views=(view,))
    histogram = provider.get_meter("m").create_histogram("h")
    values = [0.0, 1.5, 3.0, 100.0]
    for value in values:
        histogram.record(value)
    assert provider.force_flush()
    (point,) = receiver.points
    assert (point.kind, point.count, point.sum) == ("histogram", 4, 104.5)
    assert len(point.bucket_counts) == len(point.bounds) + 1
    assert list(point.bounds) == sorted(point.bounds)
    edges = [float("-inf"), *point.bounds, float("inf")]
    for index, count in enumerate(point.bucket_counts):
        assert count == sum(edges[index] < value <= edges[index + 1] for value in values)


def test_an_exemplar_arrives_with_its_trace(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """A measurement within a sampled span carries the span's ids and its own value."""
    one = process()
    provider = one.meter_provider()
    counter = provider.get_meter("m").create_counter("c")
    with one.tracer_provider().get_tracer("t").start_as_current_span("within") as span:
        counter.add(3)
    assert provider.force_flush()
    ((exemplar,),) = [point.exemplars for point in receiver.points]
    assert exemplar.value == 3
    assert exemplar.trace_id == format(span.get_span_context().trace_id, "032x")
    assert exemplar.span_id == format(span.get_span_context().span_id, "016x")


def test_a_point_without_a_recorded_value_is_not_a_value() -> None:
    """The flag that ends a series (OTLP, NO_RECORDED_VALUE) gives no point; a zero gives one."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="g")
    metric.gauge.data_points.add(flags=DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK)
    metric.gauge.data_points.add(as_int=0)
    assert [point.value for point in points_in(request)] == [0]


def test_an_absurd_exponential_scale_is_survived() -> None:
    """A bound that no float can hold becomes infinite or zero, not an error."""
    request = ExportMetricsServiceRequest()
    metric = request.resource_metrics.add().scope_metrics.add().metrics.add(name="h")
    for offset in (2_000_000_000, -2_000_000_000):
        wide = metric.exponential_histogram.data_points.add(count=1, scale=-20)
        wide.positive.offset = offset
        wide.positive.bucket_counts.append(1)
    assert [point.bounds for point in points_in(request)] == [(inf, inf), (0.0, 0.0)]
