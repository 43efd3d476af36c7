"""How the metrics of a store are drawn."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from labotel.viewer.receiver import Receiver
from labotel.viewer.store import Store
from labotel.viewer.tables import render_metrics


def drawn(store: Store, width: int = 100, **how: Any) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(render_metrics(store, **how))
    return [line.rstrip() for line in out.getvalue().splitlines() if line.strip()]


def row(lines: list[str], *words: str) -> str:
    """The one line that contains all these words."""
    (found,) = [line for line in lines if all(word in line for word in words)]
    return found


@pytest.fixture
def meter(process: Callable[..., Any]) -> Any:
    """A meter of the real SDK; `meter.flush()` exports."""
    provider = process().meter_provider()
    made = provider.get_meter("m")
    made.flush = provider.force_flush
    return made


def test_each_series_has_its_labels_and_value(receiver: Receiver, meter: Any) -> None:
    """Up to six series of a metric stand one by one, the name at the first of them."""
    counter = meter.create_counter("done_total")
    counter.add(1234, {"species": "canine", "ok": True})
    counter.add(2, {"species": "feline", "ok": True})
    assert meter.flush()
    lines = drawn(receiver.store)
    assert "1,234" in row(lines, "done_total")
    assert row(lines, "1,234") != row(lines, " 2 ")
    assert "species=canine" in "".join(lines)
    assert "ok=true" in row(lines, "1,234")


def test_processes_are_added_up(receiver: Receiver, process: Callable[..., Any]) -> None:
    """A counter of two processes is one row with the sum."""
    for instance, amount in (("one", 3), ("two", 4)):
        provider = process(instance=instance).meter_provider()
        provider.get_meter("m").create_counter("done_total").add(amount, {"a": "b"})
        assert provider.force_flush()
    assert " 7 " in row(drawn(receiver.store), "done_total", "a=b")


def test_gauges_of_several_processes_stand_apart(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Values of a moment need not add up, so each process shows its own."""
    for instance, amount in (("one", 3), ("two", 4)):
        provider = process(instance=instance).meter_provider()
        provider.get_meter("m").create_gauge("waiting").set(amount)
        assert provider.force_flush()
    lines = drawn(receiver.store)
    assert " 3 " in row(lines, "instance=one")
    assert " 4 " in row(lines, "instance=two")


def test_a_gauge_that_many_processes_read_shows_the_newest_reading(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Its reader changed while it ran: the last reading of each label set, never their sum."""
    for instance, amount in (("one", 3), ("two", 4)):
        provider = process(instance=instance).meter_provider()
        gauge = provider.get_meter("m").create_gauge("waiting")
        for status in "abcd":
            gauge.set(amount, {"status": status})
        assert provider.force_flush()
    lines = drawn(receiver.store)
    assert [" 4 " in row(lines, f"status={status}") for status in "abcd"] == [True] * 4


def test_a_metric_of_many_series_is_one_row(receiver: Receiver, meter: Any) -> None:
    """More than six are collapsed to their sum and their number; six are not."""
    six, seven = meter.create_counter("six_total"), meter.create_counter("seven_total")
    for number in range(7):
        seven.add(10, {"n": number})
        if number < 6:
            six.add(10, {"n": number})
    assert meter.flush()
    lines = drawn(receiver.store)
    assert " 70 " in row(lines, "seven_total", "7 series")
    assert sum(" 10 " in line for line in lines) == 6


def test_a_histogram_shows_count_mean_and_p95(receiver: Receiver, meter: Any) -> None:
    """100 values in (1, 2], sum 150: the mean is 1.5 s and rank 95 lies at 1.95 s."""
    histogram = meter.create_histogram(
        "took_seconds", explicit_bucket_boundaries_advisory=[1.0, 2.0, 4.0]
    )
    for _ in range(50):
        histogram.record(1.0625)
        histogram.record(1.9375 + 0.0625)
    assert meter.flush()
    text = " ".join(drawn(receiver.store))
    # (1.0625 + 2.0) / 2 = 1.53125
    assert "count 100, mean 1.53 s" in text
    assert "p95 ≈ 1.95 s" in text


@pytest.mark.parametrize(
    ("name", "unit", "value", "shown"),
    [
        ("size", "By", 2048, "2,048 By"),
        ("ratio", "1", 0.25, "0.25"),
        ("things", "{thing}", 3, "3"),
        ("wait", "ms", 1500, "1.50 s"),
        ("age_seconds", "", 7200, "2.00 h"),
    ],
)
def test_a_value_is_shown_in_its_unit(
    receiver: Receiver, meter: Any, name: str, unit: str, value: float, shown: str
) -> None:
    """The metric's unit, or the one that its Prometheus name ends with."""
    meter.create_gauge(name, unit=unit).set(value)
    assert meter.flush()
    assert f" {shown}  " in row(drawn(receiver.store), name)


def test_the_first_prefixes_lead_in_their_order(receiver: Receiver, meter: Any) -> None:
    """Then the alphabet."""
    for name in ("a_total", "b_total", "z_two", "z_one", "m_total"):
        meter.create_counter(name).add(1)
    assert meter.flush()
    lines = drawn(receiver.store, first=("z_", "m_"))
    names = [line.split()[0] for line in lines if " 1 " in line]
    assert names == ["z_one", "z_two", "m_total", "a_total", "b_total"]


def test_the_exemplar_of_the_given_trace_is_preferred(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Also when a later export brought exemplars of other traces; else the latest is shown."""
    one = process()
    provider, tracer = one.meter_provider(), one.tracer_provider().get_tracer("t")
    counter = provider.get_meter("m").create_counter("done_total")
    provider.get_meter("m").create_counter("plain_total").add(1)
    ids = []
    for _ in range(2):
        with tracer.start_as_current_span("within") as span:
            counter.add(1)
        ids.append(format(span.get_span_context().trace_id, "032x"))
        assert provider.force_flush()
    assert f"{ids[0][:8]} ◀" in row(drawn(receiver.store, trace_id=ids[0]), "done_total")
    assert row(drawn(receiver.store), "done_total").endswith(ids[1][:8])
    assert row(drawn(receiver.store, trace_id="f" * 32), "done_total").endswith(ids[1][:8])
    assert row(drawn(receiver.store), "plain_total").endswith("-")


def test_long_names_are_folded_and_not_cut(receiver: Receiver, meter: Any) -> None:
    """A name beyond its column goes on in the next line, within 100 columns in all."""
    name = "a_" + "very_" * 20 + "long_total"
    meter.create_counter(name).add(1)
    assert meter.flush()
    lines = drawn(receiver.store)
    assert max(map(len, lines)) <= 100
    assert "".join(line.split()[0] for line in lines[2:]) == name


def test_labels_are_plain_text(receiver: Receiver, meter: Any) -> None:
    """Neither rich's markup nor an escape sequence in a label does anything."""
    meter.create_counter("done_total").add(1, {"a": "[red]x\x1b[2J"})
    assert meter.flush()
    text = "".join(drawn(receiver.store))
    assert "a=[red]x" in text
    assert "\x1b" not in text


def test_an_empty_store_is_an_empty_table() -> None:
    """Headings alone, no error."""
    assert "metric" in drawn(Store())[0]
