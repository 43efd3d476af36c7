"""What an event adds to the cells is what its declaration says: judged by arithmetic."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram, UpDownCounter
from labotel.events.judge import freeze
from labotel.events.marks import Unbounded
from labotel.signals.aggregate import build
from labotel.signals.cells import Meter

BOUNDS = (0.5, 1.0, 2.0, 5.0)


class Species(StrEnum):
    """A label."""

    CANINE = "canine"
    FELINE = "feline"


class Finished(
    Event,
    name="t.aggregate.finished",
    instruments=(
        Counter("t_agg_finished_total", by=("species",)),
        Counter("t_agg_all_total", by=(), description="All of them."),
        Counter("t_agg_urgent_total", by=("urgent", "species")),
    ),
):
    """A protocol was finished.

    And more.
    """

    species: Species
    urgent: bool = False
    number: Unbounded[int] = 1
    revenue: Annotated[Decimal, Counter("t_agg_revenue_total", by=("species",))] = Decimal(0)
    stock: Annotated[int, UpDownCounter("t_agg_stock", by=())] = 0
    size: Annotated[float | None, Histogram("t_agg_size", by=(), buckets=BOUNDS)] = None
    took: Annotated[
        timedelta | None, Histogram("t_agg_seconds", by=("species",), buckets=BOUNDS)
    ] = None


ANY: Any = Finished


class Cells:
    """A meter, fed with events one after another."""

    def __init__(self) -> None:
        self.meter = Meter()
        self.told: list[tuple[str, str]] = []
        self.add = build(Finished, self.meter, lambda *what: self.told.append(what))

    def __call__(self, *, exemplar: Any = None, time: int = 10**18, **fields: Any) -> None:
        """Add an event."""
        self.add(freeze(ANY(**({"species": "canine"} | fields))), time, exemplar)

    def values(self, name: str) -> dict[tuple[str, ...], Any]:
        """The value of each series of a metric."""
        return {k: c.value for k, c in self.meter.metrics[name].cells.items()}

    def cell(self, name: str) -> Any:
        """The only cell of a metric."""
        (made,) = self.meter.metrics[name].cells.values()
        return made


@pytest.fixture
def cells() -> Cells:
    """A meter of its own."""
    return Cells()


def test_events_are_counted_by_their_labels(cells: Cells) -> None:
    """By none, by one, by two; raw values are the members that they stand for."""
    for species, urgent in (("canine", True), (Species.CANINE, False), ("feline", True)):
        cells(species=species, urgent=urgent)
    assert cells.values("t_agg_all_total") == {(): 3}
    assert cells.values("t_agg_finished_total") == {("canine",): 2, ("feline",): 1}
    assert cells.values("t_agg_urgent_total") == {
        ("true", "canine"): 1, ("false", "canine"): 1, ("true", "feline"): 1,
    }  # fmt: skip


def test_a_metric_says_what_it_is(cells: Cells) -> None:
    """Its description is its own, else the first line of the event's docstring."""
    assert cells.meter.metrics["t_agg_all_total"].description == "All of them."
    made = cells.meter.metrics["t_agg_seconds"]
    assert (made.description, made.unit) == ("A protocol was finished.", "s")
    assert (made.kind, made.labels, made.bounds) == ("histogram", ("species",), BOUNDS)


def test_money_is_exact(cells: Cells) -> None:
    """A tenth added ten times is one; as floats it would be 0.9999999999999999."""
    for _ in range(10):
        cells(revenue=Decimal("0.10"))
    (total,) = cells.values("t_agg_revenue_total").values()
    assert total == Decimal("1.00") and isinstance(total, Decimal)


def test_money_given_in_several_types_adds_up(cells: Cells) -> None:
    """A float or an int where a Decimal is declared."""
    for amount in (Decimal("0.1"), 1, 0.2):
        cells(revenue=amount)
    assert cells.values("t_agg_revenue_total") == {("canine",): Decimal("1.3")}


def test_an_up_down_counter_goes_both_ways(cells: Cells) -> None:
    """Also below zero."""
    for change in (5, -2, -4):
        cells(stock=change)
    assert cells.values("t_agg_stock") == {(): -1}


@pytest.mark.parametrize(
    ("value", "bucket"),
    [(0, 0), (0.5, 0), (0.50001, 1), (1, 1), (2.0, 2), (4.99, 3), (5, 3), (5.1, 4)],
)
def test_a_buckets_upper_bound_belongs_to_it(cells: Cells, value: float, bucket: int) -> None:
    """Prometheus's `le` is less or equal; what is above the last bound is in +Inf alone."""
    cells(size=value)
    assert cells.cell("t_agg_size").counts == [int(i == bucket) for i in range(5)]


@given(st.lists(st.floats(0, 100) | st.sampled_from(BOUNDS), min_size=1, max_size=50))
def test_a_histogram_is_the_distribution_of_its_values(values: list[float]) -> None:
    """Counts by bucket, sum, count, least and greatest."""
    made = Cells()
    for value in values:
        made(size=value)
    cell = made.cell("t_agg_size")
    edges = [float("-inf"), *BOUNDS, float("inf")]
    assert cell.counts == [sum(a < v <= b for v in values) for a, b in pairwise(edges)]
    assert (cell.count, cell.min, cell.max) == (len(values), min(values), max(values))
    assert cell.sum == pytest.approx(sum(values), abs=1e-9)


def test_a_histogram_takes_nothing_below_zero(cells: Cells) -> None:
    """Its sum is a counter (OpenMetrics); a clock that was set back makes such a duration."""
    cells(size=-1)
    cells(size=2)
    assert (cells.cell("t_agg_size").count, cells.cell("t_agg_size").sum) == (1, 2)


def test_a_duration_is_measured_in_seconds(cells: Cells) -> None:
    """Given as a timedelta or as seconds."""
    for took in (timedelta(milliseconds=1500), 0.25):
        cells(took=took)
    cell = cells.cell("t_agg_seconds")
    assert (cell.sum, cell.counts) == (1.75, [1, 0, 1, 0, 0])


def test_none_is_not_measured(cells: Cells) -> None:
    """The event is counted all the same, and nobody is told of anything."""
    cells(size=None, took=None)
    assert cells.meter.metrics["t_agg_size"].cells == {}
    assert cells.values("t_agg_all_total") == {(): 1}
    assert cells.told == []


@pytest.mark.parametrize(
    ("field", "value", "name"),
    [
        ("revenue", Decimal(-1), "t_agg_revenue_total"),
        ("revenue", Decimal("NaN"), "t_agg_revenue_total"),
        ("revenue", Decimal("1E+999"), "t_agg_revenue_total"),
        ("size", float("nan"), "t_agg_size"),
        ("size", float("inf"), "t_agg_size"),
        ("stock", 10**400, "t_agg_stock"),
    ],
)
def test_what_an_instrument_cannot_take_spoils_nothing(
    cells: Cells, field: str, value: Any, name: str
) -> None:
    """It is told of; the other instruments of the event count on."""
    cells(size=1, revenue=1)
    cells(**({"size": 1, "revenue": 1} | {field: value}))
    assert cells.told == [("amount", name)]
    assert cells.values("t_agg_all_total") == {(): 2}
    assert cells.cell("t_agg_size").sum == (1 if field == "size" else 2)
    assert cells.values("t_agg_revenue_total") == {("canine",): 1 if field == "revenue" else 2}


def test_a_wrong_label_value_is_counted_as_other(cells: Cells) -> None:
    """In each metric that has the label, and in no other."""
    cells(species="dog")
    assert cells.values("t_agg_finished_total") == {("other",): 1}
    assert cells.values("t_agg_urgent_total") == {("false", "other"): 1}
    assert cells.values("t_agg_all_total") == {(): 1}
    assert ("value", "t_agg_finished_total.species") in cells.told


def test_the_last_exemplar_is_kept_with_its_value(cells: Cells) -> None:
    """One for each counter, one for each bucket; without a span none."""
    cells(size=0.7, revenue=2, exemplar="first", time=1)
    cells(size=0.8, revenue=3, exemplar="second", time=2)
    cells(size=9, exemplar="third", time=3)
    cells(size=0.9, time=4)
    assert cells.cell("t_agg_size").exemplars == {1: (0.8, 2, "second"), 4: (9.0, 3, "third")}
    assert cells.cell("t_agg_all_total").exemplar == (1, 3, "third")
    made = Cells()
    made(revenue=5, exemplar="x", time=7)
    assert made.cell("t_agg_revenue_total").exemplar == (5, 7, "x")


class Sold(Event, name="t.aggregate.sold"):
    """Adds floats to a metric of another event."""

    species: Species
    fee: Annotated[float, Counter("t_agg_revenue_total", by=("species",))]


class Billed(Event, name="t.aggregate.billed"):
    """Adds Decimals to it."""

    species: Species
    fee: Annotated[Decimal, Counter("t_agg_revenue_total", by=("species",))]


def test_two_events_add_to_one_metric(cells: Cells) -> None:
    """Of the same name, kind and labels."""
    add: Callable[..., None] = build(Billed, cells.meter, lambda *_: None)
    cells(revenue=Decimal("1.5"))
    add(freeze(Billed(species=Species.CANINE, fee=Decimal("0.25"))), 10**18, None)
    assert cells.values("t_agg_revenue_total") == {("canine",): Decimal("1.75")}


def test_floats_and_decimals_add_to_one_metric(cells: Cells) -> None:
    """As floats, since one of them is."""
    add: Callable[..., None] = build(Sold, cells.meter, lambda *_: None)
    cells(revenue=Decimal("1.5"))
    add(freeze(Sold(species=Species.CANINE, fee=0.25)), 10**18, None)
    assert cells.values("t_agg_revenue_total") == {("canine",): pytest.approx(1.75)}
