"""Metrics in OTLP bytes: cells become points, cumulative or delta, each series encoded once."""

import struct
from collections.abc import Iterable
from decimal import Decimal
from math import inf
from typing import Any, Final

from labotel.events.instruments import Kind
from labotel.export.wire import (
    at,
    attributes,
    block,
    double,
    fixed64,
    span_id,
    text,
    trace_id,
    varint,
)  # fmt: skip
from labotel.signals.cells import (
    BEFORE,
    Exemplar,
    HistogramCell,
    Labels,
    Metric,
    NumberCell,
    total,
)  # fmt: skip

CUMULATIVE: Final = 2
DELTA: Final = 1
TICK: Final = 1_000_000
"""The ns by which one export is later than another: Prometheus's clock ticks in milliseconds."""
SET_BACK: Final = 60_000_000_000
"""How far back, in ns, a clock may be set without its being followed at once."""
_sfixed64: Final = struct.Struct("<q").pack
_NUMBER_ATTRIBUTES: Final = b"\x3a"
_HISTOGRAM_ATTRIBUTES: Final = b"\x4a"


class Exported:
    """What one exporter remembers: when it last sent, and each delta series' last state."""

    def __init__(self, delta: bool = False) -> None:
        self.delta = delta
        self.time = 0
        self.last: dict[int, tuple[Any, ...]] = {}

    def moment(self, now: int) -> int:
        """Return the time of an export: later than the last, where a clock was set back a little.

        One that was set back far is followed: what had been sent was from the future.
        """
        return self.time + TICK if 0 <= self.time - now < SET_BACK else now

    def is_delta(self, kind: Kind) -> bool:
        """Tell whether points of this kind are deltas: up-down counters and gauges never are."""
        return self.delta and kind in ("counter", "histogram")


def metric(metric: Metric, now: int, state: Exported) -> tuple[bytes, int]:
    """Return a Metric message and its number of points."""
    delta = state.is_delta(metric.kind)
    points: list[bytes] = []
    for cell in list(metric.cells.values()):
        if cell.start > now:  # the clock was set back: no series starts after its points
            cell.start = now - BEFORE
        if metric.kind == "histogram":
            points += _histogram_points(metric, cell, now, state, delta)
        else:
            points += _number_points(metric, cell, now, state, delta)
    return _message(metric, points, DELTA if delta else CUMULATIVE), len(points)


def ended(metric: Metric, series: Iterable[Labels], now: int) -> bytes:
    """Return a Metric message that ends series of a gauge or an up-down counter: no value, flag 1.

    Flags are field 8 of a NumberDataPoint, DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK is 1.
    """
    points = [
        attributes(_NUMBER_ATTRIBUTES, dict(zip(metric.labels, labels, strict=True)))
        + at(3, now)
        + b"\x40\x01"
        for labels in series
    ]
    return _message(metric, points, CUMULATIVE)


def _message(metric: Metric, points: Iterable[bytes], temporality: int) -> bytes:
    data = b"".join([block(b"\x0a", point) for point in points])
    head = text(b"\x0a", metric.name)
    if metric.description:
        head += text(b"\x12", metric.description)
    if metric.unit:
        head += text(b"\x1a", metric.unit)
    if metric.kind == "gauge":
        return head + block(b"\x2a", data)
    data += b"\x10" + varint(temporality)
    if metric.kind == "histogram":
        return head + block(b"\x4a", data)
    if metric.kind == "counter":
        data += b"\x18\x01"
    return head + block(b"\x3a", data)


def _labels(metric: Metric, cell: Any, tag: bytes) -> bytes:
    return attributes(tag, dict(zip(metric.labels, cell.labels, strict=True)))


def _value(value: float | Decimal) -> bytes:
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return b"\x31" + _sfixed64(value)
    return b"\x21" + double(float(value))


def _number_points(
    metric: Metric, cell: NumberCell, now: int, state: Exported, delta: bool
) -> Iterable[bytes]:
    labels = _labels(metric, cell, _NUMBER_ATTRIBUTES)
    value, start = cell.value, cell.start
    if delta:
        before, start = state.last.get(id(cell), (0, start))
        state.last[id(cell)] = (value, now)
        start = min(start, now)
        value = total(value, -before)
    elif cell.fresh and metric.kind == "counter" and cell.value:
        yield labels + at(2, start) + at(3, start) + _value(type(value)(0))
    made = labels + at(3, now) + _value(value)
    if metric.kind != "gauge":
        made += at(2, start)
    if cell.exemplar is not None and cell.exemplar[1] > state.time:
        made += block(b"\x2a", exemplar(cell.exemplar))
    yield made


def _histogram_points(
    metric: Metric, cell: HistogramCell, now: int, state: Exported, delta: bool
) -> Iterable[bytes]:
    labels = _labels(metric, cell, _HISTOGRAM_ATTRIBUTES)
    bounds = b"".join(map(double, metric.bounds))
    constant = labels + block(b"\x3a", bounds)
    counts, amount, count, start = list(cell.counts), cell.sum, cell.count, cell.start
    if delta:
        zeros = ([0] * len(counts), 0.0, 0, start)
        old_counts, old_total, old_count, start = state.last.get(id(cell), zeros)
        state.last[id(cell)] = (list(counts), amount, count, now)
        start = min(start, now)
        counts = [a - b for a, b in zip(counts, old_counts, strict=True)]
        amount, count = amount - old_total, count - old_count
    elif cell.fresh and count:
        yield constant + _distribution(start, start, [0] * len(counts), 0.0, 0)
    made = constant + _distribution(start, now, counts, amount, count)
    if count and not delta and cell.min is not inf:
        made += b"\x59" + double(cell.min) + b"\x61" + double(cell.max)
    for kept in list(cell.exemplars.values()):
        if kept[1] > state.time:
            made += block(b"\x42", exemplar(kept))
    yield made


def _distribution(start: int, now: int, counts: list[int], total: float, count: int) -> bytes:
    return (
        at(2, start) + at(3, now)
        + b"\x21" + fixed64(count)
        + b"\x29" + double(total)
        + block(b"\x32", b"".join(map(fixed64, counts)))
    )  # fmt: skip


def exemplar(kept: Exemplar) -> bytes:
    """Return an Exemplar: value, time, span id, trace id; never an attribute of the event."""
    value, time, context = kept
    return (
        at(2, time) + (double_or_int(value))
        + b"\x22\x08" + span_id(context.span_id)
        + b"\x2a\x10" + trace_id(context.trace_id)
    )  # fmt: skip


def double_or_int(value: float | Decimal) -> bytes:
    """Return an exemplar's value: as_double is field 3, as_int field 6."""
    if isinstance(value, int) and -(1 << 63) <= value < 1 << 63:
        return b"\x31" + _sfixed64(value)
    return b"\x19" + double(float(value))
