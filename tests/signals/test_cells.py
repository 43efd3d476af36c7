"""One cell a series: made at the first event, or at the start where the series are few."""

from itertools import product
from typing import Annotated, Any, Literal

import pytest

from labotel.events.fields import read
from labotel.events.marks import Limited
from labotel.policy.cardinality import SERIES_LIMIT
from labotel.signals.cells import BEFORE, ZERO_LIMIT, Meter, Metric

NOW = 1_700_000_000_000_000_000
TABLE = read("E", "table", Annotated[str, Limited(1000)])


def letters(name: str, n: int) -> Any:
    """A label with `n` known values."""
    return read("E", name, Literal[tuple("abcdefghijklmnopqrstuvwxyz"[:n])])


def metric(*fields: Any, kind: Any = "counter", **more: Any) -> Metric:
    """A metric with these labels."""
    return Metric("t_total", kind, tuple(f.name for f in fields), fields=fields, **more)


def test_a_series_is_made_once() -> None:
    """The same labels are the same cell."""
    made = metric(letters("a", 2))
    assert made.cell(("a",), NOW) is made.cell(("a",), NOW + 5)
    assert made.resolve("a", NOW) is made.cell(("a",), NOW)
    assert list(made.cells) == [("a",)]


def test_a_series_starts_before_its_first_event() -> None:
    """By a millisecond, Prometheus's tick: a zero at the start is then older than the event."""
    made = metric(letters("a", 2)).cell(("a",), NOW)
    assert made.start == NOW - BEFORE and BEFORE == 1_000_000
    assert made.value == 0 and made.fresh


@pytest.mark.parametrize(("sizes", "zeros"), [((), 1), ((5,), 5), ((8, 8), 64), ((4, 4, 4), 64)])
@pytest.mark.parametrize("kind", ["counter", "histogram"])
def test_few_series_are_there_at_zero_from_the_start(
    kind: str, sizes: tuple[int, ...], zeros: int
) -> None:
    """A product of labels of at most 64: every combination, once."""
    fields = [letters(f"l{i}", n) for i, n in enumerate(sizes)]
    made = metric(*fields, kind=kind, bounds=(1.0,) if kind == "histogram" else ())
    made.start_at_zero(NOW)
    made.start_at_zero(NOW + 1)
    assert len(made.cells) == zeros
    assert set(made.cells) == set(product(*(f.label_values for f in fields)))
    assert all(cell.start == NOW for cell in made.cells.values())


@pytest.mark.parametrize("sizes", [(13, 5), (5, 13), (26, 26)])
def test_many_series_are_made_as_they_come(sizes: tuple[int, int]) -> None:
    """65 are too many."""
    made = metric(*(letters(f"l{i}", n) for i, n in enumerate(sizes)))
    made.start_at_zero(NOW)
    assert made.cells == {} and sizes[0] * sizes[1] > ZERO_LIMIT


def test_a_label_that_is_bounded_in_practice_alone_has_no_zeros() -> None:
    """Its values are not known; and an up-down counter's zero would be a claim."""
    for made in (metric(TABLE), metric(letters("a", 2), TABLE),
                 metric(letters("a", 2), kind="updowncounter")):  # fmt: skip
        made.start_at_zero(NOW)
        assert made.cells == {}


def test_what_was_counted_before_the_zeros_stays() -> None:
    """They fill in what is missing."""
    made = metric(letters("a", 2))
    made.resolve("a", NOW).value += 3
    made.start_at_zero(NOW)
    assert {k: c.value for k, c in made.cells.items()} == {("a",): 3, ("b",): 0}


def test_past_the_limit_every_new_series_is_one_called_other() -> None:
    """The totals stay exact, the series bounded, and each such event is told of."""
    told: list[tuple[str, str]] = []
    made = metric(TABLE, limit=3, note=lambda *what: told.append(what))
    for n in range(10):
        for _ in range(2):
            made.resolve(f"t{n}", NOW).value += 1
    assert {k: c.value for k, c in made.cells.items()} == {
        ("t0",): 2, ("t1",): 2, ("t2",): 2, ("other",): 14,
    }  # fmt: skip
    assert told == [("overflow", "t_total")] * 14


def test_the_limit_is_two_thousand_series() -> None:
    """As in OpenTelemetry's specification, with the one that takes the rest beyond it."""
    wide = read("E", "wide", Annotated[str, Limited(10_000)])
    made = metric(wide)
    for n in range(SERIES_LIMIT + 500):
        made.resolve(str(n), NOW).value += 1
    assert len(made.cells) == SERIES_LIMIT + 1
    assert made.cells[("other",)].value == 500
    assert sum(c.value for c in made.cells.values()) == SERIES_LIMIT + 500


def test_a_metric_without_labels_has_one_series_always() -> None:
    """No limit applies to it."""
    made = metric(limit=0)
    made.resolve((), NOW).value += 1
    assert made.cells[()].value == 1


def test_a_replaced_value_is_judged_and_told_of_each_time() -> None:
    """Its cell is found, but never remembered under the wrong value."""
    told: list[tuple[str, str]] = []
    made = metric(letters("a", 2), note=lambda *what: told.append(what))
    cells = {id(made.resolve("zzz", NOW)) for _ in range(3)}
    assert len(cells) == 1 and made.known == {}
    assert told == [("value", "t_total.a")] * 3


def test_what_is_remembered_of_raw_values_is_bounded() -> None:
    """A process that runs for months does not fill up."""
    made = metric(TABLE, limit=2)
    for n in range(100):
        made.resolve(f"t{n % 50}", NOW)
    assert len(made.known) <= 4 * made.limit


def test_a_metric_declared_anew_replaces_the_old_one() -> None:
    """The same declaration keeps its totals."""
    meter = Meter()
    first = meter.get("t_total", metric(letters("a", 2)))
    assert meter.get("t_total", metric(letters("a", 2))) is first
    assert meter.get("t_total", metric(letters("b", 2))) is not first
    assert [m.labels for m in meter] == [("b",)]


def test_fresh_cells_are_those_not_yet_exported() -> None:
    """The first export of each carries its zero."""
    meter = Meter()
    made = meter.get("t_total", metric(letters("a", 2)))
    old, new = made.cell(("a",), NOW), made.cell(("b",), NOW)
    old.fresh = False
    assert list(meter.touch()) == [new]
