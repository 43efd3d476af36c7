"""A slot's totals as a file: exact there and back, and carried on by whoever comes next."""

import json
from decimal import Context, Decimal
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import SpanContext, TraceFlags

from labotel.export import snapshot
from labotel.signals.cells import Meter, Metric

SPAN = SpanContext(0xABCDEF0123456789ABCDEF0123456789, 0x1234567890ABCDEF, False, TraceFlags(1))
BOUNDS = (0.5, 2.0)


def meter(*metrics: Metric) -> Meter:
    """Return a meter that holds these metrics."""
    made = Meter()
    for metric in metrics:
        made.metrics[metric.name] = metric
    return made


def counter(value: Any = 0, name: str = "lab_seen_total", start: int = 7) -> Metric:
    """Return a counter with one series."""
    made = Metric(name, "counter", ("size",), "s", "Seen.")
    made.add(("small",), start).value = value
    return made


def histogram(*values: float, start: int = 7, bounds: tuple[float, ...] = BOUNDS) -> Metric:
    """Return a histogram with one series that holds these values."""
    made = Metric("lab_time_seconds", "histogram", ("size",), "s", "Time.", bounds)
    cell = made.add(("small",), start)
    for value in values:
        cell.counts[sum(value > bound for bound in bounds)] += 1
        cell.sum += value
        cell.count += 1
        cell.min, cell.max = min(cell.min, value), max(cell.max, value)
    return made


def again(before: Meter) -> Meter:
    """Return a meter as the next process reads it."""
    return snapshot.load(snapshot.dump(before))


def cell_of(found: Meter, name: str, labels: tuple[str, ...] = ("small",)) -> Any:
    """Return the cell of a series."""
    return found.metrics[name].cells[labels]


NUMBERS = st.one_of(
    st.integers(0, 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(allow_nan=False, allow_infinity=False),
)


@given(NUMBERS, st.text(max_size=20), st.integers(0, 2**63), st.booleans())
def test_a_number_comes_back_as_it_was(value: Any, label: str, start: int, fresh: bool) -> None:
    """Every int, float and Decimal to its last digit, of its own kind; labels of any text."""
    metric = Metric("m_total", "counter", ("size",))
    cell = metric.add((label,), start)
    cell.value, cell.fresh = value, fresh
    back = cell_of(again(meter(metric)), "m_total", (label,))
    assert back.value == value
    assert type(back.value) is type(value)
    assert (back.start, back.fresh, back.labels) == (start, fresh, (label,))


@given(st.lists(st.floats(0, 1e12), max_size=8))
def test_a_histogram_comes_back_as_it_was(values: list[float]) -> None:
    """Buckets, sum, count, min and max; an empty one has no min and max."""
    before = histogram(*values)
    after = again(meter(before)).metrics["lab_time_seconds"]
    for name in ("counts", "sum", "count", "min", "max", "start", "fresh"):
        assert getattr(after.cells[("small",)], name) == getattr(before.cells[("small",)], name)
    assert after.bounds == BOUNDS
    assert values or after.cells[("small",)].min == inf


def test_the_declaration_comes_back() -> None:
    """All that an export needs, for a slot whose process has gone."""
    after = again(meter(counter(1), histogram(1.0)))
    for before in (counter(1), histogram(1.0)):
        found = after.metrics[before.name]
        assert found.signature == before.signature
        assert (found.unit, found.description) == (before.unit, before.description)


def test_exemplars_come_back() -> None:
    """With the ids of their spans; they are what leads from a number to a trace."""
    number, distribution = counter(3), histogram(1.0)
    number.cells[("small",)].exemplar = (3, 99, SPAN)
    distribution.cells[("small",)].exemplars = {1: (1.0, 98, SPAN)}
    after = again(meter(number, distribution))
    value, time, context = cell_of(after, "lab_seen_total").exemplar
    assert (value, time, context.trace_id, context.span_id) == (3, 99, SPAN.trace_id, SPAN.span_id)
    value, time, context = cell_of(after, "lab_time_seconds").exemplars[1]
    assert (value, time, context.trace_id, context.span_id) == (1, 98, SPAN.trace_id, SPAN.span_id)


@given(NUMBERS, NUMBERS)
def test_totals_add_up(a: Any, b: Any) -> None:
    """Ints and Decimals exactly (in a Decimal's digits), floats as floats."""
    made = snapshot.total(a, b)
    if isinstance(a, float) or isinstance(b, float):
        assert made == float(a) + float(b)
    elif isinstance(a, Decimal) or isinstance(b, Decimal):
        assert made == Context(prec=60).add(Decimal(a), Decimal(b))
    else:
        assert made == a + b


def carried(now: Meter, before: Meter) -> Meter:
    """Return the meter of a process after it took a slot with these totals."""
    snapshot.carry(now, again(before))
    return now


@pytest.mark.parametrize(
    ("before", "now", "total"),
    [
        (2**70, 1, 2**70 + 1),
        (Decimal("0.10"), Decimal("0.20"), Decimal("0.30")),
        (0.5, 0.25, 0.75),
        (7, Decimal("0.01"), Decimal("7.01")),
    ],
)
def test_a_counter_is_carried_on(before: Any, now: Any, total: Any) -> None:
    """Its total is the sum; its start is the earlier."""
    made = carried(meter(counter(now, start=100)), meter(counter(before, start=7)))
    cell = cell_of(made, "lab_seen_total")
    assert (cell.value, cell.start) == (total, 7)
    assert type(cell.value) is type(total)


def test_a_histogram_is_carried_on() -> None:
    """Bucket by bucket, with the least and the greatest of both."""
    made = carried(meter(histogram(0.4, 1.0, start=100)), meter(histogram(0.1, 9.0, start=7)))
    cell = cell_of(made, "lab_time_seconds")
    assert (cell.counts, cell.count, cell.start) == ([2, 1, 1], 4, 7)
    assert cell.sum == pytest.approx(10.5)
    assert (cell.min, cell.max) == (0.1, 9.0)


def test_a_series_that_is_not_there_yet_comes_with_its_start() -> None:
    """A declared metric without events so far takes the slot's series as they are."""
    made = carried(meter(Metric("lab_seen_total", "counter", ("size",))), meter(counter(5)))
    assert (cell_of(made, "lab_seen_total").value, cell_of(made, "lab_seen_total").start) == (5, 7)


@pytest.mark.parametrize(("old", "new", "left"), [(True, True, True), (False, True, False)])
def test_the_fresh_flag_is_kept(old: bool, new: bool, left: bool) -> None:
    """A series that was exported once gets no second zero point from the next process."""
    before, now = counter(5), counter(1)
    before.cells[("small",)].fresh = old
    now.cells[("small",)].fresh = new
    assert cell_of(carried(meter(now), meter(before)), "lab_seen_total").fresh is left
    empty = meter(Metric("lab_seen_total", "counter", ("size",)))
    assert cell_of(carried(empty, meter(before)), "lab_seen_total").fresh is old


def test_a_changed_declaration_starts_anew() -> None:
    """Other buckets or labels are another metric: nothing is added up that does not fit."""
    made = carried(meter(histogram(1.0, bounds=(1.0, 5.0, 9.0))), meter(histogram(1.0, 2.0)))
    assert cell_of(made, "lab_time_seconds").count == 1
    other = Metric("lab_seen_total", "counter", ("colour",))
    other.add(("red",), 100).value = 1
    assert list(carried(meter(other), meter(counter(5))).metrics["lab_seen_total"].cells) == [
        ("red",)
    ]


def test_what_is_not_declared_now_is_kept() -> None:
    """An older release's series stays in the sums, and in the file for who comes after."""
    made = again(carried(meter(counter(1)), meter(counter(5, "lab_old_total"))))
    assert cell_of(made, "lab_old_total").value == 5
    assert cell_of(made, "lab_seen_total").value == 1


@pytest.mark.parametrize("kind", ["gauge", "updowncounter"])
def test_what_belongs_to_a_live_process_is_not_carried(kind: Any) -> None:
    """A gauge of a process that ended says nothing of the next."""
    before = Metric("lab_now", kind, ())
    before.add((), 7).value = 5
    assert carried(Meter(), meter(before)).metrics == {}


GOOD = json.loads(snapshot.dump(meter(counter(1), histogram(1.0))))


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"\xff\xfe", b"null", b"[]", b"7", b"{}", b'{"version":1}',
        b'{"version":99,"metrics":[]}', b'{"version":1,"metrics":7}',
        b'{"version":1,"metrics":[{}]}', b"[" * 100_000, snapshot.dump(meter(counter(1)))[:-9],
    ],
)  # fmt: skip
def test_a_damaged_file_is_told(text: bytes) -> None:
    """ValueError and nothing else, so that it never stops a start."""
    with pytest.raises(ValueError):  # noqa: PT011  # json's text or labotel's
        snapshot.load(text)


@pytest.mark.parametrize("place", range(9))
@pytest.mark.parametrize("value", [None, "x", [], {}, -1.5, True, [1, 2], "NaN"])
def test_a_damaged_series_is_told_or_can_be_carried(place: int, value: Any) -> None:
    """Whatever stands where a number or a label should: no fault later, in an export."""
    for at in (0, 1):
        data = json.loads(json.dumps(GOOD))
        series = data["metrics"][at]["series"][0]
        if place >= len(series):
            continue
        series[place] = value
        try:
            before = snapshot.load(json.dumps(data).encode())
        except ValueError:
            continue
        made = meter(counter(1), histogram(1.0))
        snapshot.carry(made, before)
        snapshot.load(snapshot.dump(made))
        assert all(
            type(text) is str for m in made for cell in m.cells.values() for text in cell.labels
        )
        assert isinstance(cell_of(made, "lab_seen_total").value, (int, float, Decimal))


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    """Nothing of the older text is left, and no other file."""
    path = tmp_path / "slot-0.json"
    snapshot.write(path, b"a long text")
    snapshot.write(path, b"short")
    assert path.read_bytes() == b"short"
    assert list(tmp_path.iterdir()) == [path]
