"""What is kept of each metric series: its latest point, the sum of its deltas, its exemplars."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from labotel.viewer.model import Exemplar, Point, instance_of, label_text, service_of

EXEMPLARS_KEPT = 64
SeriesKey: TypeAlias = tuple[str, str, str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Series:
    """One metric of one process identity with one set of attributes."""

    latest: Point
    # Equal to `latest` unless the points are deltas, which only mean something added up.
    total: Point
    exemplars: deque[Exemplar] = field(default_factory=lambda: deque(maxlen=EXEMPLARS_KEPT))

    def add(self, point: Point) -> None:
        """Take one more point, which may be older than the one that is here."""
        if point.temporality == "delta":
            self.total = _added(self.total, point)
        if point.time_ns >= self.latest.time_ns:
            self.latest = point
            if point.temporality != "delta":
                self.total = point

    def standing(self) -> Point:
        """The total, with every exemplar that is kept."""
        return replace(self.total, exemplars=tuple(self.exemplars))


@dataclass(slots=True)
class SeriesTable:
    """All series in the order in which they were first seen, at most `limit` of them."""

    limit: int
    series: dict[SeriesKey, Series] = field(default_factory=dict)
    dropped: int = 0

    def add(self, point: Point) -> None:
        """File a point under its series; the oldest series makes room for a new one."""
        key = series_key(point)
        series = self.series.get(key)
        if series is None:
            if len(self.series) >= self.limit:
                del self.series[next(iter(self.series))]
                self.dropped += 1
            series = self.series[key] = Series(latest=point, total=point)
        else:
            series.add(point)
        series.exemplars.extend(point.exemplars)

    def of(self, metric: str, labels: Mapping[str, object]) -> Iterator[Series]:
        """The series of one metric that carry these labels among others."""
        wanted = {name: label_text(value) for name, value in labels.items()}
        for series in self.series.values():
            if series.latest.name == metric and _carries(series.latest, wanted):
                yield series


def series_key(point: Point) -> SeriesKey:
    """What makes a series: the metric, the process identity and the attributes."""
    return (
        point.name,
        service_of(point.resource),
        instance_of(point.resource),
        # repr keeps 1, 1.0, True and "1" apart, and makes lists hashable.
        tuple(sorted((name, repr(value)) for name, value in point.attributes.items())),
    )


def _carries(point: Point, wanted: dict[str, str]) -> bool:
    return all(
        name in point.attributes and label_text(point.attributes[name]) == value
        for name, value in wanted.items()
    )


def _added(total: Point, delta: Point) -> Point:
    """Two delta points of one series as one, whichever came first."""
    first, last = sorted((total, delta), key=lambda point: point.time_ns)
    same_buckets = total.bounds == delta.bounds
    pairs = zip(total.bucket_counts, delta.bucket_counts, strict=False)
    lows = [low for low in (total.min, delta.min) if low is not None]
    highs = [high for high in (total.max, delta.max) if high is not None]
    return replace(
        last,
        start_ns=first.start_ns,
        value=None if total.value is None else total.value + (delta.value or 0),
        count=total.count + delta.count,
        sum=total.sum + delta.sum,
        # Buckets with other bounds cannot be added; without them only count and sum remain.
        bucket_counts=tuple(a + b for a, b in pairs) if same_buckets else (),
        bounds=total.bounds if same_buckets else (),
        min=min(lows, default=None),
        max=max(highs, default=None),
    )
