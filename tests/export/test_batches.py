"""From memory to the receiver, or to disk while it is away: in order, bounded, and all of it."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labotel.export import batches as module
from labotel.export import courier
from labotel.export import folder as folders
from labotel.export.batches import Batches
from labotel.export.courier import Courier
from labotel.export.settings import resolve
from labotel.export.wire import instance
from labotel.export.wire_logs import LogEncoder
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.cells import Meter
from labotel.signals.pipeline import Pipeline
from labotel.signals.records import Line
from labotel.signals.spans import PseudonymSource
from labotel.viewer.receiver import Receiver

Reply = tuple[int, dict[str, str], bytes]


def _always() -> bool:
    return True


class Process:
    """One process's queues, whose time passes as the test says."""

    def __init__(self, endpoint: str, root: Path | None, **keywords: Any) -> None:
        self.settings, problems = resolve({"endpoint": endpoint, **keywords}, {}, {})
        assert problems == []
        pseudonyms = Pseudonyms(b"key")
        self.pipeline = Pipeline(PseudonymSource(lambda: pseudonyms))
        self.pipeline.logs_limit = self.settings.log_queue
        self.courier = Courier(self.settings, self.pipeline.tally)
        folder = None if root is None else folders.RuntimeFolder(root, "lab", "x")
        keeper: Any = SimpleNamespace(folder=folder)
        spans = self.pipeline.logs.__class__()
        self.batches = Batches(self.settings, self.pipeline, spans, keeper, self.courier)
        self.batches.resource = instance({"service.name": "lab"}, "x-0")
        self.batches.encoders = {"logs": LogEncoder(pseudonyms).encode}
        self.said = 0
        self.lost: dict[str, int] = {}

    def say(self, count: int = 1, size: int = 0) -> None:
        """Say so many log lines, numbered."""
        for _ in range(count):
            text = f"{self.said}{'x' * size}"
            self.pipeline.logs.append(Line("app", 20, text, self.said + 1, None, None, {}))
            self.said += 1

    def forward(self, due: bool = True, deadline: float = 1e12) -> bool:
        """Send what waits, as the sender's thread does."""
        done = self.batches.forward("logs", deadline, due, _always)
        self.pipeline.trim()
        meter = Meter()
        self.pipeline.tally.settle(meter, 10**18)
        for (signal, reason), cell in _cells(meter, "labotel_dropped_total").items():
            self.lost[f"{signal} {reason}"] = self.lost.get(f"{signal} {reason}", 0) + cell.value
        return done


def _cells(meter: Meter, name: str) -> dict[Any, Any]:
    return meter.metrics[name].cells if name in meter.metrics else {}


class Clock:
    """Stands for the time module of those who wait."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Return the time that the test says it is."""
        return self.now

    def time(self) -> float:
        """Return the same."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until the test turns it on."""
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    monkeypatch.setattr(courier, "time", made)
    return made


class Outage:
    """A receiver that may be away, and then says so by 503."""

    def __init__(self) -> None:
        self.away = False
        self.receiver = Receiver(respond=lambda signal: (503, {}, b"") if self.away else None)

    @property
    def arrived(self) -> list[int]:
        """The numbers of the lines, in the order of their arrival."""
        return [int(record.body.rstrip("x")) for record in self.receiver.logs]


@pytest.fixture
def outage() -> Iterator[Outage]:
    """A receiver that may go away."""
    made = Outage()
    with made.receiver:
        yield made


def waiting_on_disk(root: Path) -> int:
    """Return the bytes of what waits on disk."""
    return sum(path.stat().st_size for path in root.glob("*/left-*"))


def test_ten_minutes_without_a_receiver(outage: Outage, clock: Clock, tmp_path: Path) -> None:
    """20 lines a second, all day: those of the outage arrive after it, oldest first, each once.

    Memory holds what was said since the last writing, so at most one export interval.
    """
    process = Process(outage.receiver.endpoint, tmp_path, log_batch=100)
    most = 0
    for second in range(12 * 60):
        outage.away = 60 <= second < 11 * 60
        process.say(20)
        process.forward()
        most = max(most, process.batches.waiting("logs"))
        clock.now += 1
    assert most <= 20 * process.settings.metric_interval
    assert outage.arrived == list(range(12 * 60 * 20))
    assert process.lost == {} and waiting_on_disk(tmp_path) == 0


def test_what_waits_longer_than_an_export_interval_is_on_disk(
    outage: Outage, clock: Clock, tmp_path: Path
) -> None:
    """Where a line now and then fills no batch: a kill loses no more."""
    outage.away = True
    process = Process(outage.receiver.endpoint, tmp_path)
    for _ in range(100):
        process.say()
        process.forward()
        clock.now += 1
    assert process.batches.waiting("logs") <= process.settings.metric_interval
    assert len(list(tmp_path.glob("*/left-*"))) == 1


def test_a_queue_on_disk_has_a_limit(outage: Outage, clock: Clock, tmp_path: Path) -> None:
    """The newest stay, in order; what went is counted, to the item."""
    outage.away = True
    limit = 1_000_000
    process = Process(outage.receiver.endpoint, tmp_path, log_batch=100, disk_queue=limit)
    for _ in range(100):
        process.say(100, size=1000)
        process.forward()
        clock.now += 1
        assert waiting_on_disk(tmp_path) <= limit
    outage.away = False
    clock.now += 100
    assert process.forward()
    lost = process.lost["logs disk_queue_full"]
    assert outage.arrived == list(range(lost, 10_000))
    assert 100 * 100 * 1000 - limit < lost * 1000 < 10_000 * 1000


def test_several_processes_share_a_queue(outage: Outage, clock: Clock, tmp_path: Path) -> None:
    """One that is awake sends what all of them wrote."""
    outage.away = True
    first = Process(outage.receiver.endpoint, tmp_path, log_batch=10)
    second = Process(outage.receiver.endpoint, tmp_path, log_batch=10)
    for _ in range(5):
        first.say(10)
        first.forward()
        second.said = first.said
        second.say(10)
        second.forward()
        first.said = second.said
        clock.now += 1
    outage.away = False
    clock.now += 100
    second.forward()
    assert sorted(outage.arrived) == list(range(100))


def test_a_disk_that_cannot_be_written_leaves_it_in_memory(
    outage: Outage, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to the memory's own limit, whose oldest are dropped and counted; said, and not lost."""
    outage.away = True
    process = Process(outage.receiver.endpoint, tmp_path, log_batch=10, log_queue=50)

    def full(path: Path, body: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        for _ in range(10):
            process.say(10)
            process.forward()
            clock.now += 1
    assert process.lost == {"logs queue_full": 40}  # a batch is held beside the 50
    outage.away = False
    clock.now += 100
    assert process.forward()
    assert outage.arrived == [*range(10), *range(50, 100)]


def test_without_a_folder_it_waits_in_memory(outage: Outage, clock: Clock) -> None:
    """A read-only disk: the same limit."""
    outage.away = True
    process = Process(outage.receiver.endpoint, None, log_batch=10, log_queue=30)
    for _ in range(6):
        process.say(10)
        process.forward()
        clock.now += 1
    outage.away = False
    clock.now += 100
    process.forward()
    assert process.lost == {"logs queue_full": 20}
    assert len(outage.arrived) == 40


def test_what_is_said_now_does_not_overtake(outage: Outage, clock: Clock, tmp_path: Path) -> None:
    """While older lines wait on disk and there is no time for all of them, newer ones join them."""
    outage.away = True
    process = Process(outage.receiver.endpoint, tmp_path, log_batch=10)
    for _ in range(2000):
        process.say(10, size=100)
    process.forward()
    outage.away = False
    clock.now += 100
    turns = 0
    while not process.batches.forward("logs", 1e12, True, _only_once()):
        process.say(10, size=100)
        turns += 1
    assert turns > 5
    process.forward()
    assert outage.arrived == list(range(process.said))


def _only_once() -> Callable[[], bool]:
    asked: list[int] = []

    def go_on() -> bool:
        asked.append(1)
        return len(asked) < 2

    return go_on


def test_an_end_leaves_what_waits(outage: Outage, clock: Clock, tmp_path: Path) -> None:
    """The next process sends it, before what it says itself."""
    outage.away = True
    process = Process(outage.receiver.endpoint, tmp_path, log_batch=10)
    process.say(25)
    process.forward()
    process.batches.leave(clock.now + 1)
    assert process.batches.waiting("logs") == 0
    outage.away = False
    after = Process(outage.receiver.endpoint, tmp_path)
    after.said = 25
    after.say(5)
    assert after.forward()
    assert outage.arrived == list(range(30))


def test_an_end_without_time_counts_what_it_loses(
    outage: Outage, clock: Clock, tmp_path: Path
) -> None:
    """By its signal."""
    process = Process(outage.receiver.endpoint, tmp_path)
    process.say(7)
    process.batches.leave(clock.now)
    process.forward()
    assert process.lost == {"logs deadline": 7} and outage.arrived == []


def test_a_signal_that_is_not_exported_reaches_no_disk(
    outage: Outage, clock: Clock, tmp_path: Path
) -> None:
    """`none` means none."""
    outage.away = True
    process = Process(outage.receiver.endpoint, tmp_path, logs_exporter="none")
    process.say(2000)
    process.forward()
    process.batches.spill("logs")
    process.batches.leave(clock.now + 10)
    assert waiting_on_disk(tmp_path) == 0 and process.batches.waiting("logs") == 0
