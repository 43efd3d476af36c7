"""The budget is the product of what the types allow: judged by arithmetic."""

from enum import StrEnum
from typing import Annotated

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited, Unbounded
from labotel.policy.budget import costs
from labotel.policy.cardinality import SERIES_LIMIT


class Species(StrEnum):
    """Three values."""

    CANINE = "canine"
    FELINE = "feline"
    EQUINE = "equine"


class Weighed(
    Event,
    name="t.budget.weighed",
    instruments=(
        Counter("t_budget_weighed_total", by=("species", "urgent")),
        Counter("t_budget_rooms_total", by=("room",)),
        Counter("t_budget_all_total", by=()),
        Counter("t_budget_wide_total", by=("room", "place")),
    ),
):
    """Something was weighed."""

    species: Species | None
    urgent: bool
    room: Annotated[str, Limited(50)]
    place: Annotated[str, Limited(100)]
    number: Unbounded[int]
    weight: Annotated[
        float, Histogram("t_budget_weight", by={"kind": "species"}, buckets=(1, 2, 5, 10))
    ]


LOAD = Gauge("t_budget_load", by={"species": Species, "urgent": bool})
FOUND = {c.metric: c for c in costs([Catalog("weights", events=[Weighed], gauges=[LOAD])])}


def test_closed_types_multiply() -> None:
    """Three species and none, urgent or not: 4 x 2."""
    cost = FOUND["t_budget_weighed_total"]
    assert (cost.labels, cost.series) == ((("species", 4), ("urgent", 2)), 8)


def test_a_cap_has_one_value_more() -> None:
    """Fifty rooms, and `other` for the rest."""
    assert FOUND["t_budget_rooms_total"].series == 51


def test_a_metric_without_labels_is_one_series() -> None:
    """One label set: the empty one."""
    assert FOUND["t_budget_all_total"].series == 1


def test_a_histogram_has_its_buckets_and_three_more() -> None:
    """For each of four label sets: four buckets, +Inf, sum and count."""
    cost = FOUND["t_budget_weight"]
    assert (cost.labels, cost.series) == ((("kind", 4),), 4 * (4 + 3))


def test_what_only_caps_bound_ends_at_the_limit_of_a_metric() -> None:
    """51 x 101 label sets are more than the limit; past it there is one more."""
    cost = FOUND["t_budget_wide_total"]
    assert SERIES_LIMIT < 51 * 101
    assert (cost.capped, cost.series) == (True, SERIES_LIMIT + 1)


def test_a_gauge_counts_too() -> None:
    """Three species, urgent or not."""
    assert FOUND["t_budget_load"].series == 6


def test_the_worst_stands_first() -> None:
    """Whoever looks for what to cut looks there."""
    assert next(iter(FOUND)) == "t_budget_wide_total"
