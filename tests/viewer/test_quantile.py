"""Adding histograms and estimating quantiles: arithmetic done by hand beside each case."""

from __future__ import annotations

from typing import Any

import pytest

from labotel.viewer.model import Point
from labotel.viewer.quantile import added


def histogram(counts: tuple[int, ...], bounds: tuple[float, ...], **more: Any) -> Point:
    return Point(
        "h", "histogram", "", "", {}, 0, 1, "cumulative",
        count=sum(counts), bucket_counts=counts, bounds=bounds, **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "bounds", "expected"),
    [
        # Rank 95 of 100 lies 45/50 into (1, 2].
        ((50, 50, 0), (1.0, 2.0), 1.9),
        # The first bucket starts at zero: rank 9.5 of 10 in it.
        ((10, 0), (4.0,), 3.8),
        # In the bucket up to infinity Prometheus answers with the highest bound.
        ((0, 0, 10), (1.0, 2.0), 2.0),
        # A first bucket below zero has no lower end; Prometheus answers with its bound.
        ((10, 0), (-1.0,), -1.0),
    ],
)
def test_the_estimate_is_that_of_prometheus(
    counts: tuple[int, ...], bounds: tuple[float, ...], expected: float
) -> None:
    """histogram_quantile(0.95): linear within the bucket that holds the rank."""
    assert added([histogram(counts, bounds)]).quantile(0.95) == pytest.approx(expected)


def test_the_estimate_stays_between_the_smallest_and_the_largest() -> None:
    """Where OTLP sent min and max, no guess lies beyond them."""
    points = [histogram((0, 10, 0), (1.0, 10.0), min=2.0, max=3.0)]
    assert added(points).quantile(0.95) == 3.0
    assert added(points).quantile(0.01) == 2.0
    assert added([histogram((0, 0, 4), (1.0, 10.0), max=70.0)]).quantile(0.95) == 70.0


def test_points_with_the_same_bounds_are_added_bucket_by_bucket() -> None:
    """Counts, sums and limits are those of all together; an empty point changes nothing."""
    whole = added(
        [
            histogram((1, 2), (5.0,), sum=10.0, min=1.0, max=9.0),
            histogram((3, 0), (5.0,), sum=4.0, min=0.5, max=4.0),
            histogram((0,), ()),
        ]
    )
    assert (whole.count, whole.sum, whole.bucket_counts) == (6, 14.0, (4, 2))
    assert (whole.min, whole.max) == (0.5, 9.0)
    assert whole.mean == pytest.approx(14 / 6)


def test_points_with_other_bounds_have_no_common_quantile() -> None:
    """Count and mean remain; a quantile from buckets that do not fit would be a lie."""
    whole = added([histogram((1, 0), (5.0,), sum=1.0), histogram((1, 0), (6.0,), sum=3.0)])
    assert (whole.count, whole.mean, whole.quantile(0.95)) == (2, 2.0, None)


def test_nothing_has_neither_mean_nor_quantile() -> None:
    """None, and no division by zero."""
    whole = added([histogram((0, 0), (5.0,))])
    assert (whole.count, whole.mean, whole.quantile(0.95)) == (0, None, None)
