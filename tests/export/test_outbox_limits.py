"""The queue on disk has a limit, and a disk may be full: what is lost is counted."""

import errno
import os
from pathlib import Path

import pytest

from desk import ALONE, TAKEN, Desk, Queue, names, numbered
from labotel.export.folder import RuntimeFolder
from labotel.export.settings import Signal
from labotel.export.transport import Answer


def test_past_the_limit_the_oldest_give_way(folder: RuntimeFolder) -> None:
    """As in memory: the newest say what happens now. What went is counted by its signal."""
    queue, desk = Queue(folder, limit=4 * len(numbered(0))), Desk()
    for n in range(7):
        assert queue.put("logs", numbered(n), 2)
    assert queue.size() == 4 * len(numbered(0))
    assert queue.lost == {"logs": 6}
    queue.deliver("logs", desk)
    assert desk.bodies == [b"3", b"4", b"5", b"6"]


def test_small_requests_give_way_a_few_at_a_time(folder: RuntimeFolder) -> None:
    """Files that they share are no larger than a sixteenth of the queue: one is what is lost."""
    size, limit = 100, 16_000
    queue = Queue(folder, limit=limit)
    for _ in range(limit // size):
        queue.put("logs", b"." * size, 1)
    assert queue.lost == {} and queue.size() == limit
    queue.put("logs", b"." * size, 1)
    assert 1 <= queue.lost["logs"] <= limit // 16 // size


def test_one_signal_does_not_drive_out_the_other(folder: RuntimeFolder) -> None:
    """Two log requests stay, however many spans come; of both in masses, each has its half."""
    queue = Queue(folder, limit=6 * len(numbered(10)))
    for n in range(2):
        queue.put("logs", numbered(n), 1)
    for n in range(50):
        queue.put("traces", numbered(n), 1)
    assert queue.lost == {"traces": 46}
    for n in range(2, 20):
        queue.put("logs", numbered(n), 1)
    desks = {"logs": Desk(), "traces": Desk()}
    queue.deliver("logs", desks["logs"])
    queue.deliver("traces", desks["traces"])
    assert [desk.bodies for desk in desks.values()] == [
        [b"17", b"18", b"19"], [b"47", b"48", b"49"],
    ]  # fmt: skip


def test_a_signal_that_has_nothing_there_drives_out_others(folder: RuntimeFolder) -> None:
    """What comes is larger than all that waits: the limit holds all the same."""
    queue = Queue(folder, limit=100)
    queue.put("logs", b"." * 60, 6)
    queue.put("traces", b"." * 90, 9)
    assert queue.lost == {"logs": 6} and queue.size() == 90


def test_what_is_being_sent_does_not_give_way(folder: RuntimeFolder) -> None:
    """It would be counted as lost, and arrive."""
    queue = Queue(folder, limit=2 * len(numbered(0)))
    queue.put("logs", numbered(0), 1)
    queue.put("logs", numbered(1), 1)

    def send(signal: Signal, body: bytes, items: int) -> Answer:
        queue.put("logs", numbered(2), 1)
        return TAKEN

    queue.deliver("logs", send, lambda: queue.lost == {})
    desk = Desk()
    queue.deliver("logs", desk)
    assert queue.lost == {"logs": 1} and desk.bodies == [b"2"]


def test_a_request_that_is_larger_than_the_whole_queue_is_lost(folder: RuntimeFolder) -> None:
    """It costs nothing else."""
    queue, desk = Queue(folder, limit=10), Desk()
    queue.put("logs", b"small", 1)
    assert queue.put("logs", b"larger than 10", 5)
    assert queue.lost == {"logs": 5}
    queue.deliver("logs", desk)
    assert desk.bodies == [b"small"]


def test_a_full_disk_is_told_and_leaves_nothing(
    folder: RuntimeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends must end: no error, no half file that somebody would send.

    What waited before is as it was.
    """
    queue, desk = Queue(folder), Desk()
    assert queue.put("logs", b"before", 1)

    def full(path: Path, body: bytes) -> int:
        with open(path, "wb") as file:
            file.write(body[:2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        assert not queue.put("logs", b"12345", 1)
    assert queue.problem is not None and queue.problem.errno == errno.ENOSPC
    assert len(names(folder)) == 1
    assert queue.put("logs", b", after", 1) and queue.problem is None
    queue.deliver("logs", desk)
    assert desk.seen == [("logs", b"before, after", 2)]


def test_a_file_of_no_signal_stands_in_nobodys_way(folder: RuntimeFolder) -> None:
    """Another release may leave other signals: they give way first where room is needed."""
    (folder.path / "left-00000000000000000001-1-3-profiles").write_bytes(ALONE)
    (folder.path / "left-strange").write_bytes(ALONE)
    queue, desk = Queue(folder, limit=3 * len(numbered(0))), Desk()
    queue.put("logs", numbered(1), 1)
    queue.deliver("logs", desk)
    assert desk.bodies == [b"1"]
    for n in (2, 3, 4):
        queue.put("logs", numbered(n), 1)
    assert queue.lost == {} and all(name.endswith("-logs") for name in names(folder))
