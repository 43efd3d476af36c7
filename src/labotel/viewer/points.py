"""From parsed OTLP metrics to points, every kind of data point included."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1 import metrics_pb2 as pb

from labotel.viewer.decode import attributes_of
from labotel.viewer.model import Attributes, Exemplar, Kind, Point, Temporality

NO_VALUE = pb.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK
TEMPORALITIES: dict[int, Temporality] = {
    pb.AGGREGATION_TEMPORALITY_CUMULATIVE: "cumulative",
    pb.AGGREGATION_TEMPORALITY_DELTA: "delta",
}


def points_in(request: ExportMetricsServiceRequest) -> Iterator[Point]:
    """Every point of a request that carries a value, in its order."""
    for group in request.resource_metrics:
        resource = attributes_of(group.resource.attributes)
        for scope_metrics in group.scope_metrics:
            for metric in scope_metrics.metrics:
                yield from _points(metric, resource)


def count_points(request: ExportMetricsServiceRequest) -> int:
    """The number of points in a request, without decoding them."""
    return sum(
        len(data.data_points)
        for group in request.resource_metrics
        for scope_metrics in group.scope_metrics
        for metric in scope_metrics.metrics
        if (data := _data(metric)) is not None
    )


_Data = pb.Gauge | pb.Sum | pb.Histogram | pb.ExponentialHistogram | pb.Summary


def _data(metric: pb.Metric) -> _Data | None:
    match metric.WhichOneof("data"):
        case "gauge":
            return metric.gauge
        case "sum":
            return metric.sum
        case "histogram":
            return metric.histogram
        case "exponential_histogram":
            return metric.exponential_histogram
        case "summary":
            return metric.summary
        case _:
            return None


def _points(metric: pb.Metric, resource: Attributes) -> Iterator[Point]:
    data = _data(metric)
    if isinstance(data, pb.Gauge):
        yield from _numbers(metric, "gauge", "unspecified", data.data_points, resource)
    elif isinstance(data, pb.Sum):
        kind: Kind = "counter" if data.is_monotonic else "updown"
        temporality = _temporality(data.aggregation_temporality)
        yield from _numbers(metric, kind, temporality, data.data_points, resource)
    elif isinstance(data, pb.Histogram):
        temporality = _temporality(data.aggregation_temporality)
        for point in data.data_points:
            if not point.flags & NO_VALUE:
                buckets = (tuple(point.bucket_counts), tuple(point.explicit_bounds))
                yield _histogram(metric, temporality, point, buckets, resource)
    elif isinstance(data, pb.ExponentialHistogram):
        temporality = _temporality(data.aggregation_temporality)
        for wide in data.data_points:
            if not wide.flags & NO_VALUE:
                yield _histogram(metric, temporality, wide, _explicit(wide), resource)
    elif isinstance(data, pb.Summary):
        for summary in data.data_points:
            if not summary.flags & NO_VALUE:
                yield _summary(metric, summary, resource)


def _temporality(number: int) -> Temporality:
    return TEMPORALITIES.get(number, "unspecified")


def _numbers(
    metric: pb.Metric,
    kind: Kind,
    temporality: Temporality,
    points: Iterable[pb.NumberDataPoint],
    resource: Attributes,
) -> Iterator[Point]:
    for point in points:
        if point.flags & NO_VALUE:  # the mark of a series' end: there is nothing to show
            continue
        integer = point.WhichOneof("value") == "as_int"
        yield Point(
            name=metric.name,
            kind=kind,
            unit=metric.unit,
            description=metric.description,
            attributes=attributes_of(point.attributes),
            start_ns=point.start_time_unix_nano,
            time_ns=point.time_unix_nano,
            temporality=temporality,
            resource=resource,
            value=point.as_int if integer else point.as_double,
            exemplars=_exemplars(point.exemplars),
        )


def _histogram(
    metric: pb.Metric,
    temporality: Temporality,
    point: pb.HistogramDataPoint | pb.ExponentialHistogramDataPoint,
    buckets: tuple[tuple[int, ...], tuple[float, ...]],
    resource: Attributes,
) -> Point:
    return Point(
        name=metric.name,
        kind="histogram",
        unit=metric.unit,
        description=metric.description,
        attributes=attributes_of(point.attributes),
        start_ns=point.start_time_unix_nano,
        time_ns=point.time_unix_nano,
        temporality=temporality,
        resource=resource,
        count=point.count,
        sum=point.sum,
        bucket_counts=buckets[0],
        bounds=buckets[1],
        min=point.min if point.HasField("min") else None,
        max=point.max if point.HasField("max") else None,
        exemplars=_exemplars(point.exemplars),
    )


def _summary(metric: pb.Metric, point: pb.SummaryDataPoint, resource: Attributes) -> Point:
    # A summary's quantiles cannot be added up, so its count and sum are all that is kept.
    return Point(
        name=metric.name,
        kind="histogram",
        unit=metric.unit,
        description=metric.description,
        attributes=attributes_of(point.attributes),
        start_ns=point.start_time_unix_nano,
        time_ns=point.time_unix_nano,
        temporality="cumulative",
        resource=resource,
        count=point.count,
        sum=point.sum,
    )


def _exemplars(exemplars: Iterable[pb.Exemplar]) -> tuple[Exemplar, ...]:
    return tuple(
        Exemplar(
            value=item.as_int if item.WhichOneof("value") == "as_int" else item.as_double,
            time_ns=item.time_unix_nano,
            trace_id=item.trace_id.hex(),
            span_id=item.span_id.hex(),
        )
        for item in exemplars
    )


def _explicit(
    point: pb.ExponentialHistogramDataPoint,
) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """An exponential histogram's buckets as explicit ones: negative, zero, positive."""
    below = [
        (-_edge(point.scale, point.negative.offset + index), count)
        for index, count in enumerate(point.negative.bucket_counts)
    ]
    # Bucket `index` of the positive range is (base**index, base**(index + 1)].
    above = [
        (_edge(point.scale, point.positive.offset + index + 1), count)
        for index, count in enumerate(point.positive.bucket_counts)
    ]
    # The zero bucket ends where the positive ones start, so that none of them stretches to zero.
    zero_end = _edge(point.scale, point.positive.offset) if above else point.zero_threshold
    parts = [*reversed(below), (zero_end, point.zero_count), *above]
    return tuple([count for _, count in parts] + [0]), tuple(bound for bound, _ in parts)


def _edge(scale: int, index: int) -> float:
    # base = 2 ** (2 ** -scale); a hostile scale or index may leave what a float can hold.
    try:
        return float(2.0 ** (index * 2.0**-scale))
    except OverflowError:
        return math.inf if index > 0 else 0.0
