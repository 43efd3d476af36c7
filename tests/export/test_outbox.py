"""What waits on disk is sent once, oldest first, by whoever is awake."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desk import AGAIN, REFUSED, TAKEN, Desk, Queue, names, numbered
from labotel.export import locks, outbox
from labotel.export.folder import RuntimeFolder
from labotel.export.outbox import MERGE
from labotel.export.settings import Signal
from labotel.export.transport import Answer


def test_what_was_left_is_sent_once(folder: RuntimeFolder) -> None:
    """As its signal, byte for byte, with how many items it holds; then nothing is left of it."""
    body = bytes(range(256)) * 100
    queue, desk = Queue(folder), Desk()
    assert queue.put("traces", body, 3)
    assert queue.put("logs", b"logs", 1)
    assert queue.deliver("traces", desk)
    assert desk.seen == [("traces", body, 3)]
    assert queue.deliver("logs", desk) and queue.deliver("traces", desk)
    assert desk.seen[1:] == [("logs", b"logs", 1)]
    assert names(folder) == [] and queue.size() == 0


def test_small_requests_share_a_file(folder: RuntimeFolder) -> None:
    """Concatenated, several OTLP requests are one (protobuf's wire format), with all their items.

    A child that runs one task leaves one request: a thousand of them are no thousand files.
    """
    queue, desk = Queue(folder), Desk()
    for n in range(1000):
        assert queue.put("logs", b"%d," % n, 2)
        assert queue.put("traces", b"t", 1)
    assert len(names(folder)) == 2
    queue.deliver("logs", desk)
    assert desk.seen == [("logs", b"".join(b"%d," % n for n in range(1000)), 2000)]


def test_a_request_of_no_items_joins_a_file_as_any_other(folder: RuntimeFolder) -> None:
    """As the ends of series do: what was there before stays."""
    queue, desk = Queue(folder), Desk()
    queue.put("metrics", b"deltas, ", 5)
    queue.put("metrics", b"ends, ", 0)
    queue.put("metrics", b"ends", 0)
    queue.deliver("metrics", desk)
    assert desk.seen == [("metrics", b"deltas, ends, ends", 5)]


def test_a_file_grows_no_further_than_its_limit(folder: RuntimeFolder) -> None:
    """So that a request is none that a receiver finds too large."""
    queue, desk = Queue(folder), Desk()
    for _ in range(9):
        queue.put("logs", b"." * (MERGE // 4), 1)
    queue.deliver("logs", desk)
    assert [(len(body), items) for _, body, items in desk.seen] == [
        (MERGE, 4), (MERGE, 4), (MERGE // 4, 1),
    ]  # fmt: skip


def test_a_file_that_is_being_sent_does_not_grow(folder: RuntimeFolder) -> None:
    """What is added then would go with it, or be lost with it."""
    queue, desk = Queue(folder), Desk()
    queue.put("logs", b"first", 1)

    def send(signal: Signal, body: bytes, items: int) -> Answer:
        assert Queue(folder).put("logs", b"second", 1)
        return desk(signal, body, items)

    queue.deliver("logs", send)
    queue.deliver("logs", desk)
    assert desk.bodies == [b"first", b"second"]


def test_the_oldest_goes_first(folder: RuntimeFolder) -> None:
    """In the order in which they were left, whoever left them."""
    queue, desk = Queue(folder), Desk()
    for n in range(20):
        assert queue.put("logs", numbered(n), 1)
    queue.deliver("logs", desk)
    assert [int(body) for body in desk.bodies] == list(range(20))


def test_a_clock_that_goes_back_changes_no_order(
    folder: RuntimeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came last is sent last, and is not what gives way."""
    queue, desk = Queue(folder, limit=3 * len(numbered(0))), Desk()
    for n, seconds in enumerate((100, 200, 50, 60)):
        monkeypatch.setattr(outbox.time, "time_ns", lambda now=seconds: now * 10**9)
        assert queue.put("logs", numbered(n), 1)
    queue.deliver("logs", desk)
    assert desk.bodies == [b"1", b"2", b"3"]


def test_it_stays_while_the_receiver_says_again(folder: RuntimeFolder) -> None:
    """Nothing after it is tried, so that the order holds; later everything goes."""
    queue, desk = Queue(folder), Desk(TAKEN, AGAIN)
    for n in range(3):
        queue.put("logs", numbered(n), 1)
    assert not queue.deliver("logs", desk)
    assert desk.bodies == [b"0", b"1"]
    assert queue.deliver("logs", desk)
    assert desk.bodies == [b"0", b"1", b"1", b"2"]


def test_of_what_was_taken_in_part_the_rest_stays(folder: RuntimeFolder) -> None:
    """In its place, before what came later."""
    queue = Queue(folder)
    queue.put("logs", numbered(1), 4)
    queue.put("logs", numbered(2), 1)
    desk = Desk(Answer("again", "503", rest=(b"rest", 3)))
    assert not queue.deliver("logs", desk)
    assert queue.deliver("logs", desk)
    assert [(body.rstrip(b"."), items) for _, body, items in desk.seen] == [
        (b"1", 4), (b"rest", 3), (b"2", 1),
    ]  # fmt: skip


def test_it_ends_where_there_is_no_more_time(folder: RuntimeFolder) -> None:
    """A long queue does not keep a process from ending, or other signals from being sent."""
    queue, desk = Queue(folder), Desk()
    for n in range(3):
        queue.put("logs", numbered(n), 1)
    assert not queue.deliver("logs", desk, lambda: len(desk.seen) < 2)
    assert desk.bodies == [b"0", b"1"] and len(names(folder)) == 1


def test_what_is_refused_for_good_is_not_tried_again(folder: RuntimeFolder) -> None:
    """It would stand in the way of all that comes after it."""
    queue, desk = Queue(folder), Desk(REFUSED)
    queue.put("logs", numbered(1), 1)
    queue.put("logs", numbered(2), 1)
    assert queue.deliver("logs", desk)
    assert queue.deliver("logs", desk)
    assert desk.bodies == [b"1", b"2"]


def test_a_sender_that_fails_loses_nothing(folder: RuntimeFolder) -> None:
    """The file is there for the next, and its lock is free."""
    queue, desk = Queue(folder), Desk()
    queue.put("logs", b"kept", 1)

    def fail(signal: Signal, body: bytes, items: int) -> Answer:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        queue.deliver("logs", fail)
    assert queue.deliver("logs", desk) and desk.bodies == [b"kept"]


def test_two_threads_that_deliver_at_once_send_each_once(folder: RuntimeFolder) -> None:
    """One has the file while it sends; the other leaves it alone."""
    queue = Queue(folder)
    for n in range(20):
        queue.put("logs", numbered(n), 1)
    together = threading.Barrier(2)
    seen: list[bytes] = []

    def send(signal: Signal, body: bytes, items: int) -> Answer:
        if not together.broken:
            try:
                together.wait(0.2)  # both are in the midst of sending, if they can be
            except threading.BrokenBarrierError:
                pass
        seen.append(body.rstrip(b"."))
        return TAKEN

    threads = [threading.Thread(target=queue.deliver, args=("logs", send)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(map(int, seen)) == list(range(20))


def test_a_file_that_another_sends_meanwhile_is_left_alone(
    folder: RuntimeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there when this one looked, and gone when this one had its lock."""
    queue, desk = Queue(folder), Desk()
    queue.put("logs", numbered(1), 1)
    queue.put("logs", numbered(2), 1)
    theirs = outbox.waiting(folder)[0].path
    attempt = locks.attempt

    def late(path: Path, *, create: bool = True) -> int | None:
        handle = attempt(path, create=create)
        if path == theirs:
            path.unlink()
        return handle

    monkeypatch.setattr(locks, "attempt", late)
    assert queue.deliver("logs", desk)
    assert desk.bodies == [b"2"]


WORKER = """
import sys
from pathlib import Path
from labotel.export.folder import RuntimeFolder
from labotel.export.outbox import Outbox
from labotel.export.transport import Answer
folder = RuntimeFolder(Path(sys.argv[1]), "lab", "x")
first = int(sys.argv[2])
queue = Outbox(folder, 10**9, lambda signal, items: sys.exit(3))
print("ready", flush=True)
sys.stdin.readline()
sent = []
def send(signal, body, items):
    assert items == body.count(b";")
    sent.append(body.decode())
    return Answer("taken")
for n in range(first, first + 300):
    assert queue.put("logs", b"%d;" % n, 1)
    if n % 7 == 0:
        queue.deliver("logs", send)
print("".join(sent), flush=True)
sys.stdin.readline()
"""


def test_processes_that_put_and_deliver_at_once_lose_nothing(folder: RuntimeFolder) -> None:
    """Three of them, in one folder, in each other's files: each item is sent exactly once."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(folder.root), str(first)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for first in (0, 300, 600)
    ]  # fmt: skip
    for word in ("ready", None):
        for worker in workers:
            assert worker.stdin is not None and worker.stdout is not None
            if word is not None:
                assert worker.stdout.readline() == "ready\n"
        if word is not None:
            for worker in workers:
                assert worker.stdin is not None
                worker.stdin.write("go\n")
                worker.stdin.flush()
    sent = "".join(worker.communicate("end\n", timeout=60)[0].strip() for worker in workers)
    assert [worker.returncode for worker in workers] == [0, 0, 0]
    desk = Desk()
    Queue(folder).deliver("logs", desk)
    sent += "".join(body.decode() for body in desk.bodies)
    assert sorted(map(int, sent.rstrip(";").split(";"))) == list(range(900))
