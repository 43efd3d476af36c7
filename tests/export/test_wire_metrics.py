"""Metrics on the wire: against OpenTelemetry's own encoder, and against arithmetic."""

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.proto.metrics.v1 import metrics_pb2 as pb
from opentelemetry.sdk.metrics import Exemplar as SdkExemplar
from opentelemetry.sdk.metrics import export as sdk
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, TraceFlags

from labotel.export import wire_metrics
from labotel.export.wire_metrics import Exported
from labotel.signals.cells import Metric

START, NOW = 1_000_000_000, 5_000_000_000
SPAN = SpanContext(0xABCDEF0123456789ABCDEF0123456789, 0x1234567890ABCDEF, False, TraceFlags(1))
BOUNDS = (0.5, 2.0, 10.0)


def ours(metric: Metric, state: Exported | None = None, now: int = NOW) -> pb.Metric:
    """Return what labotel makes of a metric."""
    body, points = wire_metrics.metric(metric, now, state or Exported())
    made = pb.Metric.FromString(body)
    data = getattr(made, made.WhichOneof("data"))
    assert len(data.data_points) == points
    return made


def theirs(name: str, unit: str, description: str, data: Any) -> pb.Metric:
    """Return what OpenTelemetry's own encoder makes of a metric."""
    scope = sdk.ScopeMetrics(
        InstrumentationScope("labotel"), [sdk.Metric(name, description, unit, data)], ""
    )
    request = encode_metrics(sdk.MetricsData([sdk.ResourceMetrics(Resource({}), [scope], "")]))
    return request.resource_metrics[0].scope_metrics[0].metrics[0]


def counted(kind: Any = "counter", value: Any = 3, **more: Any) -> tuple[Metric, Any]:
    """Return a metric with one series that was exported before."""
    metric = Metric("lab_seen_total", kind, ("size",), "s", "What was seen.", **more)
    cell = metric.add(("small",), START)
    cell.fresh = False
    if kind != "histogram":
        cell.value = value
    return metric, cell


def measured(*values: float) -> tuple[Metric, Any]:
    """Return a histogram with one series that holds these values."""
    metric, cell = counted("histogram", bounds=BOUNDS)
    for value in values:
        record(cell, value)
    return metric, cell


def record(cell: Any, value: float) -> None:
    """Add a value; a bucket's upper bound is inclusive, by OpenTelemetry's data model."""
    cell.counts[sum(value > bound for bound in BOUNDS)] += 1
    cell.sum += value
    cell.count += 1
    cell.min, cell.max = min(cell.min, value), max(cell.max, value)


CUMULATIVE = sdk.AggregationTemporality.CUMULATIVE
DELTA = sdk.AggregationTemporality.DELTA


@pytest.mark.parametrize("value", [3, -3, 2.5, 2**62, 0])
@pytest.mark.parametrize("kind", ["counter", "updowncounter"])
def test_a_sum(kind: str, value: float) -> None:
    """A counter is monotonic, an up-down counter is not; ints stay ints."""
    metric, _ = counted(kind, value)
    point = sdk.NumberDataPoint({"size": "small"}, START, NOW, value)
    expected = theirs(
        metric.name, "s", "What was seen.", sdk.Sum([point], CUMULATIVE, kind[0] == "c")
    )
    assert ours(metric) == expected


def test_a_gauge_has_no_start() -> None:
    """It is a value at a time, not over one."""
    metric, _ = counted("gauge", 2.5)
    point = sdk.NumberDataPoint({"size": "small"}, START, NOW, 2.5)
    expected = theirs(metric.name, "s", "What was seen.", sdk.Gauge([point]))
    assert ours(metric) == expected
    assert ours(metric).gauge.data_points[0].start_time_unix_nano == 0


def test_a_histogram() -> None:
    """Buckets with inclusive upper bounds, one more than there are bounds; sum, min and max."""
    metric, _ = measured(0.5, 0.75, 2.0, 99.0)
    point = sdk.HistogramDataPoint(
        {"size": "small"}, START, NOW, 4, 102.25, [1, 2, 0, 1], BOUNDS, 0.5, 99.0
    )
    assert ours(metric) == theirs(
        metric.name, "s", "What was seen.", sdk.Histogram([point], CUMULATIVE)
    )


def test_an_empty_histogram_has_no_min_and_max() -> None:
    """There is no least value of none."""
    metric, _ = measured()
    (point,) = ours(metric).histogram.data_points
    assert not point.HasField("min")
    assert not point.HasField("max")
    assert (point.count, list(point.bucket_counts)) == (0, [0, 0, 0, 0])


def test_unit_and_description_are_left_out_where_there_are_none() -> None:
    """As OpenTelemetry has it: an empty text is no field."""
    metric = Metric("lab_seen_total", "counter", ())
    metric.add((), START).value = 1
    metric.cells[()].fresh = False
    point = sdk.NumberDataPoint({}, START, NOW, 1)
    assert ours(metric) == theirs(metric.name, "", "", sdk.Sum([point], CUMULATIVE, True))


@pytest.mark.parametrize(
    ("value", "kind", "sent"),
    [(Decimal("19.99"), "as_double", 19.99), (2**63, "as_double", 2.0**63), (7, "as_int", 7)],
)
def test_numbers_that_otlp_does_not_have(value: Any, kind: str, sent: float) -> None:
    """A Decimal, and an int of more than 64 bits, arrive as the nearest double."""
    metric, cell = counted(value=value)
    cell.exemplar = (value, NOW - 1, SPAN)
    (point,) = ours(metric).sum.data_points
    assert (point.WhichOneof("value"), getattr(point, kind)) == (kind, sent)
    (exemplar,) = point.exemplars
    assert (exemplar.WhichOneof("value"), getattr(exemplar, kind)) == (kind, sent)


def test_exemplars_are_those_of_opentelemetry_without_filtered_attributes() -> None:
    """Value, time and the span's ids; nothing else of the event rides along."""
    metric, cell = counted()
    cell.exemplar = (3, NOW - 1, SPAN)
    exemplar = SdkExemplar({}, 3, NOW - 1, SPAN.span_id, SPAN.trace_id)
    point = sdk.NumberDataPoint({"size": "small"}, START, NOW, 3, [exemplar])
    assert ours(metric) == theirs(
        metric.name, "s", "What was seen.", sdk.Sum([point], CUMULATIVE, True)
    )
    histogram, cell = measured(0.5, 99.0)
    cell.exemplars = {0: (0.5, NOW - 2, SPAN), 3: (99.0, NOW - 1, SPAN)}
    (made,) = ours(histogram).histogram.data_points
    assert [(e.as_double, e.time_unix_nano) for e in made.exemplars] == [
        (0.5, NOW - 2),
        (99.0, NOW - 1),
    ]
    ids = {(e.trace_id.hex(), e.span_id.hex()) for e in made.exemplars}
    assert ids == {(f"{SPAN.trace_id:032x}", f"{SPAN.span_id:016x}")}
    assert not any(e.filtered_attributes for e in made.exemplars)


def test_an_exemplar_is_exported_once() -> None:
    """Only those newer than the last export: an old one would be found again and again."""
    state = Exported()
    state.time = NOW
    metric, cell = counted()
    histogram, distribution = measured(0.5, 99.0)
    cell.exemplar = (3, NOW, SPAN)
    distribution.exemplars = {0: (0.5, NOW, SPAN), 3: (99.0, NOW + 1, SPAN)}
    assert not ours(metric, state, NOW + 9).sum.data_points[0].exemplars
    (point,) = ours(histogram, state, NOW + 9).histogram.data_points
    assert [e.as_double for e in point.exemplars] == [99.0]


def test_a_new_series_begins_with_a_zero_point() -> None:
    """At its start, so that the first event counts in `increase()`; then never again."""
    metric, cell = counted()
    cell.fresh = True
    zero, point = ours(metric).sum.data_points
    assert (zero.as_int, zero.WhichOneof("value")) == (0, "as_int")
    assert zero.time_unix_nano == zero.start_time_unix_nano == START
    assert zero.attributes == point.attributes
    assert (point.as_int, point.time_unix_nano, point.start_time_unix_nano) == (3, NOW, START)
    cell.fresh = False
    assert len(ours(metric).sum.data_points) == 1
    cell.fresh, cell.value = True, 0  # a series at zero is its own zero point
    assert len(ours(metric).sum.data_points) == 1


def test_a_new_histogram_begins_with_a_zero_point() -> None:
    """Empty buckets at its start."""
    metric, cell = measured(0.6)
    cell.fresh = True
    zero, point = ours(metric).histogram.data_points
    assert (zero.count, zero.sum, list(zero.bucket_counts)) == (0, 0.0, [0, 0, 0, 0])
    assert zero.time_unix_nano == zero.start_time_unix_nano == START
    assert list(zero.explicit_bounds) == list(point.explicit_bounds) == list(BOUNDS)
    assert (point.count, list(point.bucket_counts)) == (1, [0, 1, 0, 0])


@pytest.mark.parametrize("value", [Decimal("1.5"), 1.5])
def test_the_zero_point_is_of_the_same_kind(value: Any) -> None:
    """A series does not change from int to double at its second point."""
    metric, cell = counted(value=value)
    cell.fresh = True
    assert [p.WhichOneof("value") for p in ours(metric).sum.data_points] == ["as_double"] * 2


@pytest.mark.parametrize("kind", ["updowncounter", "gauge"])
def test_what_may_fall_has_no_zero_point(kind: str) -> None:
    """Nobody asks for its increase."""
    metric, cell = counted(kind)
    cell.fresh = True
    made = ours(metric)
    assert len(getattr(made, made.WhichOneof("data")).data_points) == 1


def test_every_series_has_its_labels() -> None:
    """One point for each series, in the order of their making."""
    metric = Metric("lab_seen_total", "counter", ("size", "kind"))
    for i, labels in enumerate([("small", "a"), ("small", "b"), ("large", "a")]):
        cell = metric.add(labels, START)
        cell.value, cell.fresh = i, False
    points = ours(metric).sum.data_points
    assert [{a.key: a.value.string_value for a in p.attributes} for p in points] == [
        {"size": "small", "kind": "a"},
        {"size": "small", "kind": "b"},
        {"size": "large", "kind": "a"},
    ]
    assert [p.as_int for p in points] == [0, 1, 2]


@given(st.integers(0, 1000), st.lists(st.integers(0, 1000), max_size=8))
def test_the_deltas_of_a_counter_are_its_growth(base: int, steps: list[int]) -> None:
    """The base is not sent again; each step is one delta and begins where the last one ended."""
    metric, cell = counted(value=base)
    state = Exported(delta=True)
    ours(metric, state, NOW)  # as the exporter does when it has taken its slot
    sent, ends = [], [NOW]
    for step in steps:
        cell.value += step
        made = ours(metric, state, ends[-1] + 10).sum
        assert (made.aggregation_temporality, made.is_monotonic) == (DELTA, True)
        (point,) = made.data_points
        assert point.start_time_unix_nano == ends[-1]
        ends.append(point.time_unix_nano)
        sent.append(point.as_int)
    assert sent == steps


@given(
    st.lists(st.floats(0, 100), max_size=5),
    st.lists(st.lists(st.floats(0, 100), max_size=5), max_size=5),
)
def test_the_deltas_of_a_histogram_are_its_growth(
    base: list[float], steps: list[list[float]]
) -> None:
    """Each bucket, the count and the sum; no min and max, which no difference gives."""
    metric, cell = measured(*base)
    state = Exported(delta=True)
    ours(metric, state, NOW)
    for i, step in enumerate(steps):
        for value in step:
            record(cell, value)
        made = ours(metric, state, NOW + i + 1).histogram
        assert made.aggregation_temporality == DELTA
        (point,) = made.data_points
        _, alone = measured(*step)
        assert (point.count, list(point.bucket_counts)) == (alone.count, alone.counts)
        assert math.isclose(point.sum, alone.sum, abs_tol=1e-6)
        assert point.start_time_unix_nano == NOW + i
        assert not point.HasField("min")
        assert not point.HasField("max")


def test_a_series_that_comes_later_is_a_delta_from_its_start() -> None:
    """Nothing of it was sent before, so all of it is new; a delta needs no zero point."""
    metric, _ = counted(value=5)
    state = Exported(delta=True)
    ours(metric, state, NOW)
    later = metric.add(("large",), NOW + 1)
    later.value = 2
    old, new = ours(metric, state, NOW + 10).sum.data_points
    assert (old.as_int, old.start_time_unix_nano) == (0, NOW)
    assert (new.as_int, new.start_time_unix_nano) == (2, NOW + 1)


@pytest.mark.parametrize("kind", ["updowncounter", "gauge"])
def test_what_may_fall_is_never_a_delta(kind: str) -> None:
    """By the specification of the preference `delta`."""
    metric, cell = counted(kind, 5)
    state = Exported(delta=True)
    ours(metric, state, NOW)
    cell.value = 4
    made = ours(metric, state, NOW + 10)
    assert getattr(made, made.WhichOneof("data")).data_points[0].as_int == 4
    if kind == "updowncounter":
        assert made.sum.aggregation_temporality == CUMULATIVE
