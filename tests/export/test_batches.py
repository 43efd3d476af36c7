"""From memory to the receiver, or to disk while it is away: in order, bounded, and all of it."""

import errno
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from labotel.export import outbox
from labotel.signals import pipeline as signals
from labotel.signals.records import Line
from outages import Clock, Outage, Process


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


@pytest.mark.parametrize("act", ["open", "unlink"])
def test_a_disk_that_can_no_longer_be_used_keeps_nothing_else_back(
    act: str, outage: Outage, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that became read-only, whose files cannot be opened for a lock, or not be removed.

    What is said from then on goes out, and what waits there is not sent again and again.
    """
    outage.away = True
    process = Process(outage.receiver.endpoint, tmp_path, log_batch=10)
    process.say(10)
    process.forward()
    outage.away = False

    def fail(*given: Any, **keywords: Any) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    owner: Any = {"open": outbox.locks, "unlink": Path}[act]
    monkeypatch.setattr(owner, {"open": "attempt", "unlink": "unlink"}[act], fail)
    for _ in range(3):
        clock.now += 100
        process.say(10)
        assert process.forward()
    assert outage.arrived[-30:] == list(range(10, 40))
    assert len(outage.arrived) == {"open": 30, "unlink": 40}[act]
    assert process.lost == {} and waiting_on_disk(tmp_path) > 0


def test_callers_give_way_where_that_helps_alone(
    outage: Outage, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever says more than goes out leaves the exporter time; not while nothing goes out."""
    pauses: list[float] = []
    monkeypatch.setattr(signals, "_sleep", pauses.append)
    process = Process(outage.receiver.endpoint, tmp_path, log_queue=10, log_batch=5)
    line = Line("app", 20, "x", 1, None, None, {})
    for away, gives_way in ((False, True), (True, False), (False, True)):
        outage.away = away
        clock.now += 100
        process.say()
        process.forward()
        pauses.clear()
        for _ in range(11):
            process.pipeline.line(line)
        assert bool(pauses) is gives_way
        process.pipeline.logs.clear()


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


def test_an_end_without_time_counts_the_request_that_was_under_way(
    outage: Outage, clock: Clock
) -> None:
    """It is of those that wait, as the queue behind it."""
    outage.away = True
    process = Process(outage.receiver.endpoint, None, log_batch=10)
    process.say(15)
    process.forward()
    assert process.batches.waiting("logs") == 15
    process.batches.leave(clock.now)
    process.forward()
    assert process.lost == {"logs deadline": 15} and process.batches.waiting("logs") == 0


def test_what_cannot_be_encoded_is_not_counted_as_exported(
    outage: Outage, clock: Clock, tmp_path: Path
) -> None:
    """It is lost, and the others of its batch arrive."""
    process = Process(outage.receiver.endpoint, tmp_path)
    encode = process.batches.encoders["logs"]

    def fail_at_two(resource: bytes, batch: Iterable[Any]) -> bytes:
        items = list(batch)
        if any(line.message == "2" for line in items):
            raise ValueError
        return encode(resource, items)

    process.batches.encoders["logs"] = fail_at_two
    process.say(5)
    made = process.batches._next("logs")
    assert made is not None and made[1] == 4
    process.forward()
    assert outage.arrived == [0, 1, 3, 4] and process.lost == {"logs encode": 1}


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
