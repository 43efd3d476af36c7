"""The pipelines of the test double: one that keeps what is said, one that keeps nothing."""

import signal
import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from labotel.events.errors import EventError
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.pipeline import WAKE
from labotel.signals.records import Line
from labotel.signals.spans import PseudonymSource
from labotel.testing.recorder import Recorder, Unheard
from labotel.testing.still import as_labotel
from project.clinic import Admitted, Operated, Paid, Species, Weighed

ANY: Any = Admitted


def recorder(limit: int = 100) -> Recorder:
    """A recorder that nothing is connected to."""
    return Recorder(lambda: Pseudonyms(b"k"), limit)


def admitted(number: int) -> Admitted:
    """A patient."""
    return Admitted(species=Species.CANINE, owner="ada", number=number)


def kinds(made: Recorder) -> list[type]:
    """The classes of what was said."""
    made.drain()
    return [item[0] for item in made.said]


def test_it_keeps_everything_in_its_order() -> None:
    """Also what makes no log record."""
    made = recorder()
    for event in (admitted(1), Weighed(species=Species.CANINE, weight=3.5), admitted(2)):
        made.emit(event)
    assert kinds(made) == [Admitted, Weighed, Admitted]


def test_metrics_add_up_as_in_production() -> None:
    """The same cells: exact decimals, labels by their text."""
    made = recorder()
    made.emit(Paid(amount=Decimal("0.10"), method="cash"))
    made.emit(Paid(amount=Decimal("0.20"), method="cash"))
    made.drain()
    (cell,) = made.meter.metrics["revenue_total"].cells.values()
    assert (cell.labels, cell.value) == (("cash",), Decimal("0.30"))


def test_what_was_said_is_as_it_was_then() -> None:
    """A list that is changed later is not changed in the history."""
    made = recorder()
    number: Any = ["before"]
    made.emit(Admitted(species=Species.CANINE, owner="ada", number=number))
    number[0] = "after"
    made.drain()
    assert "before" in str(made.said[0][1]) and "after" not in str(made.said[0][1])


def test_past_its_limit_the_oldest_are_forgotten_and_counted_and_metrics_count_all() -> None:
    """A long test stays small, and nobody is told that nothing was said."""
    made = recorder(limit=10)
    for number in range(25):
        made.emit(admitted(number))
    made.drain()
    assert [item[1][2] for item in made.said] == list(range(15, 25))
    assert made.dropped == {Admitted: 15}
    total = sum(c.value for c in made.meter.metrics["admissions_total"].cells.values())
    assert total == 25


def test_the_queue_stays_short_without_anybody_asking() -> None:
    """The thread that emits drains it."""
    made = recorder()
    longest = 0
    for number in range(20 * WAKE):
        made.emit(admitted(number))
        longest = max(longest, len(made.queue))
    assert longest <= WAKE + 1 and not made.logs


def test_clear_forgets_events_metrics_lines_and_counts() -> None:
    """As if the test began anew."""
    made = recorder(limit=1)
    for number in range(3):
        made.emit(admitted(number))
    made.drain()
    made.emit(admitted(4))
    made.line(Line("app", 20, "hello", 1, None, None, {}))
    made.clear()
    made.drain()
    assert not made.said and not made.lines and not made.dropped and not made.spans
    assert [name for name in made.meter.metrics if not name.startswith("labotel_")] == []
    made.emit(admitted(5))
    assert kinds(made) == [Admitted]


def test_events_of_all_threads_are_kept() -> None:
    """Each of them."""
    made = recorder(limit=100_000)

    def say() -> None:
        for number in range(2_000):
            made.emit(admitted(number))

    threads = [threading.Thread(target=say) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kinds(made)) == 8_000
    (cell,) = made.meter.metrics["admissions_total"].cells.values()
    assert cell.value == 8_000


def test_an_emit_from_a_signal_handler_in_the_middle_of_an_answer_waits_for_nothing() -> None:
    """The handler runs on the thread that holds the lock."""
    made = recorder(limit=10_000)
    before = signal.signal(
        signal.SIGUSR1, lambda *_: [made.emit(admitted(n)) for n in range(2 * WAKE)]
    )
    try:
        with made.lock:
            signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert len(kinds(made)) == 2 * WAKE


def test_a_wrong_event_raises_and_is_not_kept() -> None:
    """The same judgement as under strict."""
    made = recorder()
    with pytest.raises(EventError, match="'canine', 'feline'"):
        made.emit_strict(ANY(species="bovine", owner="ada", number=1))
    assert kinds(made) == []


def test_failed_work_is_kept_with_its_error() -> None:
    """What the work did not measure is left out."""
    made = recorder()
    event = Operated(species=Species.FELINE, outcome=Any, duration=timedelta(seconds=1))  # type: ignore[arg-type]
    made.emit_failed(event, ValueError("no such thing"))
    made.drain()
    assert tuple(made.said[0][4][:2]) == ("ValueError", "no such thing")


def test_the_time_is_the_recordings_own() -> None:
    """Frozen for it alone."""
    made, other = recorder(), recorder()
    made.clock.freeze()
    at = made.clock.now()
    for each in (made, other):
        each.emit(admitted(1))
        each.drain()
    assert made.said[0][2] == at != other.said[0][2]


def test_what_a_supplier_of_gauges_says_is_not_kept() -> None:
    """To ask must not change what was said."""
    made = recorder()
    with as_labotel():
        made.emit(admitted(1))
    made.emit(admitted(2))
    assert len(kinds(made)) == 1


def test_the_unheard_pipeline_judges_and_forgets() -> None:
    """A suite that records nothing never grows."""
    made = Unheard(PseudonymSource(lambda: Pseudonyms(b"k")))
    longest = 0
    for number in range(5 * WAKE):
        made.emit_strict(admitted(number))
        made.line(Line("app", 20, "hello", 1, None, None, {}))
        longest = max(longest, len(made.queue))
    assert longest <= WAKE + 1
    assert not made.logs and not made.meter.metrics
    with pytest.raises(EventError):
        made.emit_strict(ANY(species="bovine", owner="ada", number=1))
