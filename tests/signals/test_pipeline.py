"""The queue: one append on the calling thread, everything else at the drain."""

import gc
import logging
import signal
from collections import deque
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest

from labotel.events.errors import EventError
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import MEASURED, Personal, Unbounded
from labotel.signals import pipeline as module
from labotel.signals.pipeline import LIMIT, SLICE, WAKE, Pipeline


class Said(
    Event, name="t.pipeline.said", instruments=(Counter("t_pipe_said_total", by=("kind",)),)
):
    """An event of the tests."""

    kind: Literal["a", "b"]
    person: Personal[str] = "v-17"
    thing: Unbounded[object] = None
    took: Annotated[timedelta | None, Histogram("t_pipe_seconds", by=())] = None


class Quiet(Event, name="t.pipeline.quiet", log=False, instruments=(Counter("t_pipe_q_total"),)):
    """An event that makes no log record."""


class Amount(Event, name="t.pipeline.amount"):
    """An event with a required number."""

    amount: Annotated[Decimal, Counter("t_pipe_amount_total", by=())] = MEASURED


ANY: Any = Said


def totals(pipeline: Pipeline, name: str) -> dict[tuple[str, ...], Any]:
    """The value of each series of a metric after a drain."""
    pipeline.drain()
    metric = pipeline.meter.metrics.get(name)
    return {} if metric is None else {labels: c.value for labels, c in metric.cells.items()}


def test_emit_appends_and_the_drain_counts(pipeline: Pipeline) -> None:
    """Nothing is counted on the calling thread; a record waits for each event."""
    pipeline.emit(Said(kind="a"))
    pipeline.emit(Said(kind="b"))
    pipeline.emit(Said(kind="a"))
    assert len(pipeline.queue) == 3 and not pipeline.meter.metrics and not pipeline.logs
    assert totals(pipeline, "t_pipe_said_total") == {("a",): 2, ("b",): 1}
    assert not pipeline.queue and len(pipeline.logs) == 3
    assert totals(pipeline, "labotel_events_emitted_total") == {(): 3}


def test_an_event_without_a_log_record_is_counted_alone(pipeline: Pipeline) -> None:
    """`log=False`, where each would flood."""
    pipeline.emit(Quiet())
    assert totals(pipeline, "t_pipe_q_total") == {(): 1}
    assert not pipeline.logs


def test_a_mutable_value_is_taken_as_it_is_at_the_emit(pipeline: Pipeline) -> None:
    """A later change does not reach the record."""
    thing = ["before"]
    pipeline.emit(Said(kind="a", thing=thing))
    thing[0] = "after"
    pipeline.drain()
    ((_, values, *_),) = pipeline.logs
    assert "before" in str(values) and "after" not in str(values)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        (ANY(kind="a", nobody=1), "t.pipeline.said"),
        (ANY("a"), "t.pipeline.said"),
        (ANY(), "t.pipeline.said"),
        (ANY(kind="a", took="long"), "t.pipeline.said"),
        (Amount(), "t.pipeline.amount"),
        (Event(), "unknown"),
        ("text", "unknown"),
        (None, "unknown"),
        (Said, "unknown"),
    ],
)
def test_a_wrong_event_is_rejected_and_counted_and_nothing_raises(
    pipeline: Pipeline, event: Any, name: str
) -> None:
    """In production."""
    pipeline.emit(event)
    assert totals(pipeline, "labotel_events_rejected_total") == {(name,): 1}
    assert totals(pipeline, "t_pipe_said_total") == {} and not pipeline.logs


@pytest.mark.parametrize(
    "event",
    [
        ANY(kind="a", nobody=1),
        ANY("a"),
        ANY(),
        ANY(kind="c"),
        ANY(kind="a", took="long"),
        Amount(amount=Decimal(-1)),
        Amount(amount=Decimal("NaN")),
        Event(),
        "text",
        None,
        Said,
    ],
)
def test_under_strict_a_wrong_event_raises(pipeline: Pipeline, event: Any) -> None:
    """And is not recorded."""
    with pytest.raises(EventError):
        pipeline.emit_strict(event)
    assert not pipeline.queue


def test_under_strict_a_right_event_is_recorded(pipeline: Pipeline) -> None:
    """Raw values that fit, too."""
    pipeline.emit_strict(Said(kind="a"))
    pipeline.emit_strict(Amount(amount=5))  # type: ignore[arg-type]
    assert totals(pipeline, "t_pipe_said_total") == {("a",): 1}
    assert totals(pipeline, "t_pipe_amount_total") == {(): 5}


def test_a_wrong_label_value_becomes_other_and_the_event_is_kept(pipeline: Pipeline) -> None:
    """What was replaced is counted by its metric, label and reason."""
    pipeline.emit(ANY(kind="c"))
    assert totals(pipeline, "t_pipe_said_total") == {("other",): 1}
    assert len(pipeline.logs) == 1
    assert totals(pipeline, "labotel_values_replaced_total") == {
        ("t_pipe_said_total.kind", "value"): 1
    }


@pytest.mark.parametrize("amount", [Decimal(-1), Decimal("NaN"), float("nan"), 10**400])
def test_an_amount_that_no_counter_takes_is_refused_and_the_event_is_kept(
    pipeline: Pipeline, amount: Any
) -> None:
    """Whatever its class."""
    pipeline.emit(Amount(amount=amount))
    pipeline.emit(Amount(amount=Decimal(2)))
    assert totals(pipeline, "t_pipe_amount_total") == {(): 2}
    assert len(pipeline.logs) == 2
    assert totals(pipeline, "labotel_measurements_refused_total") == {("t_pipe_amount_total",): 1}


def test_warnings_name_the_event_and_the_field_and_no_person(
    pipeline: Pipeline, caplog: pytest.LogCaptureFixture
) -> None:
    """Once a minute for each kind of mistake, not at the emit but at the drain."""
    for _ in range(3):
        pipeline.emit(ANY(kind="a", person=["canary"], took="long"))
    with caplog.at_level(logging.WARNING, "labotel"):
        assert caplog.text == ""
        pipeline.drain()
    (record,) = caplog.records
    assert "t.pipeline.said" in record.getMessage() and "took" in record.getMessage()
    assert "canary" not in caplog.text


def test_the_process_is_started_at_its_first_event(pipeline: Pipeline) -> None:
    """Not before, and once."""
    calls: list[str] = []
    pipeline.start = lambda: calls.append("start")
    assert calls == []
    for _ in range(3):
        pipeline.emit(Said(kind="a"))
    assert calls == ["start"]


def test_a_rejected_event_starts_the_process_too(pipeline: Pipeline) -> None:
    """Else nobody would ever hear of it."""
    calls: list[str] = []
    pipeline.start = lambda: calls.append("start")
    pipeline.emit(ANY())
    assert calls == ["start"]


def test_a_full_queue_wakes_the_thread_that_drains_it(pipeline: Pipeline) -> None:
    """Not at each event."""
    woken: list[int] = []
    pipeline.started = True
    pipeline.wake = lambda: woken.append(len(pipeline.queue))
    for _ in range(WAKE + 5):
        pipeline.emit(Quiet())
    assert woken == [WAKE + n for n in range(1, 6)]


def test_past_the_limit_the_caller_drains_and_nothing_is_lost(pipeline: Pipeline) -> None:
    """The queue stays bounded with nobody else draining."""
    longest = 0
    for _ in range(LIMIT + 5_000):
        pipeline.emit(Quiet())
        longest = max(longest, len(pipeline.queue))
    assert longest <= LIMIT + SLICE
    assert totals(pipeline, "t_pipe_q_total") == {(): LIMIT + 5_000}


def test_past_the_limit_a_caller_never_waits_for_the_lock(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone else drains: the caller goes on, and past twice the limit pauses a moment."""
    pauses: list[float] = []
    monkeypatch.setattr(module, "_sleep", pauses.append)
    with pipeline.lock:
        for _ in range(2 * LIMIT + 10):
            pipeline.emit(Quiet())
    assert len(pipeline.queue) == 2 * LIMIT + 10
    assert len(pauses) == 10 and max(pauses) <= 0.001
    assert totals(pipeline, "t_pipe_q_total") == {(): 2 * LIMIT + 10}


def test_log_records_past_their_limit_are_dropped_oldest_first_and_counted(
    pipeline: Pipeline,
) -> None:
    """The metrics count every event."""
    pipeline.logs_limit, pipeline.slow_receiver = 10, True
    for n in range(25):
        pipeline.emit(Said(kind="a", thing=n))
    assert totals(pipeline, "labotel_dropped_total") == {("logs", "queue_full"): 15}
    kept = [values[Said._plan.index["thing"]] for _, values, *_ in pipeline.logs]
    assert kept == list(range(15, 25))
    assert totals(pipeline, "t_pipe_said_total") == {("a",): 25}


def test_an_emit_from_a_destructor_counts(pipeline: Pipeline) -> None:
    """Wherever the collector runs, in the middle of a drain too."""

    class Dying:
        def __del__(self) -> None:
            pipeline.emit(Quiet())

    def cycle() -> None:
        made = Dying()
        made.itself = made  # type: ignore[attr-defined]

    for _ in range(50):
        cycle()
    for _ in range(500):
        pipeline.emit(Said(kind="a"))
    with pipeline.lock:
        gc.collect()
    assert totals(pipeline, "t_pipe_q_total") == {(): 50}
    assert totals(pipeline, "t_pipe_said_total") == {("a",): 500}


def test_an_emit_from_a_signal_handler_while_draining_counts(pipeline: Pipeline) -> None:
    """The handler runs on the draining thread, which holds the lock: it must not wait for it."""
    locked: list[bool] = []

    class Interrupted(deque[Any]):
        """The drain appends here, under its lock: each time a signal comes."""

        def append(self, item: Any) -> None:
            super().append(item)
            signal.raise_signal(signal.SIGUSR1)

    def handler(number: int, frame: Any) -> None:
        locked.append(pipeline.lock.locked())
        for _ in range(LIMIT // 4):
            pipeline.emit(Quiet())

    pipeline.logs = Interrupted()
    before = signal.signal(signal.SIGUSR1, handler)
    try:
        for _ in range(10):
            pipeline.emit(Said(kind="a"))
        pipeline.drain()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert locked == [True] * 10
    assert totals(pipeline, "t_pipe_q_total") == {(): 10 * (LIMIT // 4)}
    assert totals(pipeline, "t_pipe_said_total") == {("a",): 10}


def test_a_child_starts_with_nothing_of_its_parents(pipeline: Pipeline) -> None:
    """What was inherited over a fork is its parent's to send."""
    pipeline.emit(Said(kind="a"))
    pipeline.drain()
    pipeline.emit(Said(kind="a"))
    pipeline.emit(ANY())
    pipeline.lock.acquire()
    pipeline.reset()
    assert not pipeline.started and not pipeline.logs
    pipeline.emit(Said(kind="b"))
    assert totals(pipeline, "t_pipe_said_total") == {("b",): 1}
    assert totals(pipeline, "labotel_events_rejected_total") == {}
