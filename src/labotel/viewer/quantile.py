"""Adding histograms up, and estimating a quantile from their buckets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labotel.viewer.model import Point


@dataclass(frozen=True, slots=True)
class Distribution:
    """Several histogram points as one; without buckets where theirs do not fit together."""

    count: int
    sum: float
    bounds: tuple[float, ...]
    bucket_counts: tuple[int, ...]
    min: float | None
    max: float | None

    @property
    def mean(self) -> float | None:
        """The exact mean, or None of nothing."""
        return self.sum / self.count if self.count else None

    def quantile(self, fraction: float) -> float | None:
        """Prometheus' estimate: linear within the bucket that the rank falls into.

        It never leaves the smallest and largest value where those are known.
        """
        total = sum(self.bucket_counts)
        if not total or not self.bounds:
            return None
        rank, below = fraction * total, 0
        for index, count in enumerate(self.bucket_counts):
            if count and below + count >= rank:
                return self._within(index, (rank - below) / count)
            below += count
        return self.max

    def _within(self, index: int, share: float) -> float:
        if index >= len(self.bounds):  # the bucket up to infinity has no width to divide
            return self.bounds[-1] if self.max is None else self.max
        upper = self.bounds[index]
        lower = self.bounds[index - 1] if index else min(0.0, upper)
        guess = lower + (upper - lower) * share
        guess = guess if self.min is None else max(guess, self.min)
        return guess if self.max is None else min(guess, self.max)


def added(points: Sequence[Point]) -> Distribution:
    """The sum of histogram points."""
    bounds = {point.bounds for point in points if point.count}
    # Points with nothing in them fit together with any.
    common = next(iter(bounds)) if len(bounds) == 1 else ()
    counted = [point.bucket_counts for point in points if point.count] if common else []
    lows = [point.min for point in points if point.count and point.min is not None]
    highs = [point.max for point in points if point.count and point.max is not None]
    complete = sum(1 for point in points if point.count)
    return Distribution(
        count=sum(point.count for point in points),
        sum=sum(point.sum for point in points),
        bounds=common,
        bucket_counts=tuple(map(sum, zip(*counted, strict=False))),
        # Of some of the points only, they would be no limits of the whole.
        min=min(lows) if lows and len(lows) == complete else None,
        max=max(highs) if highs and len(highs) == complete else None,
    )
