"""What labotel counts of itself, and what it says of it once a minute."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from labotel.policy.scrubbing import _surroundings
from labotel.signals import tally as module
from labotel.signals.cells import Meter
from labotel.signals.tally import WARN_EVERY, Tally


def test_counts_become_metrics_at_the_drain() -> None:
    """Until then each is one append, so that it may happen anywhere."""
    tally, meter = Tally(), Meter()
    tally.count("labotel_events_rejected_total", "lab.done")
    tally.count("labotel_events_rejected_total", "lab.done")
    tally.count("labotel_dropped_total", "logs", "queue_full", n=15)
    assert not list(meter)
    tally.settle(meter, 10**18)
    tally.settle(meter, 10**18)
    found = {m.name: {k: c.value for k, c in m.cells.items()} for m in meter}
    assert found == {
        "labotel_events_rejected_total": {("lab.done",): 2},
        "labotel_dropped_total": {("logs", "queue_full"): 15},
    }


def test_what_was_lost_is_one_line_a_minute_for_each_signal_and_reason(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With how many it were since the last one, however many times something was lost."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    tally, meter = Tally(), Meter()
    with caplog.at_level(logging.WARNING, "labotel"):
        for seconds in (0, 30, 31):
            now[0] += seconds
            for _ in range(1000):
                tally.count("labotel_dropped_total", "logs", "queue_full", n=2)
            tally.count("labotel_dropped_total", "traces", "400", n=7)
            tally.settle(meter, 10**18)
            tally.speak()
    assert [r.getMessage() for r in caplog.records] == [
        "labotel: 2000 logs lost (queue_full)",
        "labotel: 7 traces lost (400)",
        "labotel: 4000 logs lost (queue_full)",
        "labotel: 14 traces lost (400)",
    ]


def test_a_warning_is_said_once_a_minute_for_each_kind(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand mistakes of one kind are one line."""
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    tally = Tally()
    for _ in range(1000):
        tally.warn("one", "first kind")
    tally.warn("two", "second kind %s")
    with caplog.at_level(logging.WARNING, "labotel"):
        tally.speak()
        now[0] += WARN_EVERY - 1
        tally.warn("two", "second kind %s")
        tally.warn("one", "first kind")
        tally.speak()
        assert [r.getMessage() for r in caplog.records] == ["first kind", "second kind %s"]
        now[0] += 1
        tally.warn("one", "first kind")
        tally.speak()
    assert len(caplog.records) == 3 and WARN_EVERY == 60


def test_waiting_warnings_are_bounded() -> None:
    """Nobody may ever drain."""
    tally = Tally()
    for n in range(100_000):
        tally.warn(str(n), "x")
    assert len(tally._warnings) <= 1000


def test_a_fault_is_counted_by_its_place_and_says_its_type_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its text may hold anything."""
    tally, meter = Tally(), Meter()
    tally.fault("emit", ValueError("canary"))
    tally.settle(meter, 10**18)
    with caplog.at_level(logging.WARNING, "labotel"):
        tally.speak()
    cells: Any = meter.metrics["labotel_faults_total"].cells
    assert cells[("emit",)].value == 1
    assert "ValueError" in caplog.text and "canary" not in caplog.text


@contextmanager
def _seen_by(act: Callable[[str], None]) -> Iterator[None]:
    """Let a filter of the application's see labotel's own lines."""

    def see(record: logging.LogRecord) -> bool:
        act(record.getMessage())
        return True

    module.logger.addFilter(see)
    try:
        yield
    finally:
        module.logger.removeFilter(see)


def test_two_threads_that_spoke_at_once_may_speak_again() -> None:
    """Whichever ended first: none of them counts as speaking for ever."""
    tally = Tally()
    second_began, first_ended = threading.Event(), threading.Event()

    def speak_too() -> None:
        tally.warn("two", "second")
        tally.speak()

    other = threading.Thread(target=speak_too)

    def see(text: str) -> None:
        if text == "first":
            other.start()
            assert second_began.wait(20)
        else:
            second_began.set()
            assert first_ended.wait(20)

    tally.warn("one", "first")
    with _seen_by(see):
        tally.speak()
        first_ended.set()
        other.join(20)
    tally.warn("three", "third")
    assert [text for _, text, _ in tally._warnings] == ["third"]


def test_a_child_that_is_forked_while_its_parent_speaks_may_speak() -> None:
    """A thread of the child's may have the number of the one that spoke."""
    tally = Tally()
    waiting: list[int] = []

    def fork(text: str) -> None:
        tally.clear()
        tally.warn("in the child", "said")
        waiting.append(len(tally._warnings))

    tally.warn("in the parent", "said")
    with _seen_by(fork):
        tally.speak()
    assert waiting == [1]


def test_a_line_of_labotels_own_does_not_say_the_processs_owner(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path of an application in a home folder does."""
    home = str(Path(__file__).parent)
    monkeypatch.setenv("HOME", home)
    _surroundings.cache_clear()
    tally = Tally()
    try:
        try:
            raise ValueError
        except ValueError as error:
            tally.fault("emit", error)
        with caplog.at_level(logging.WARNING, "labotel"):
            tally.speak()
    finally:
        monkeypatch.undo()
        _surroundings.cache_clear()
    assert f"ValueError at ~/{Path(__file__).name}:" in caplog.text and home not in caplog.text


def test_a_child_forgets_what_its_parent_counted() -> None:
    """After a fork."""
    tally, meter = Tally(), Meter()
    tally.count("labotel_faults_total", "emit")
    tally.warn("a", "b")
    tally.clear()
    tally.settle(meter, 10**18)
    assert not list(meter) and not tally._warnings
