"""What an ended process left is sent once, oldest first, by whoever is awake."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from labotel.export import locks, outbox
from labotel.export.folder import RuntimeFolder
from labotel.export.settings import Signal
from labotel.export.transport import Answer

TAKEN, AGAIN, REFUSED = Answer("taken"), Answer("again", "503"), Answer("refused", "400")


@pytest.fixture
def folder(tmp_path: Path) -> RuntimeFolder:
    """The folder of one service."""
    return RuntimeFolder(tmp_path, "lab", "x")


class Desk:
    """A receiver that gives these answers, then takes everything."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[Signal, bytes]] = []

    def __call__(self, signal: Signal, body: bytes) -> Answer:
        """Take a request."""
        self.seen.append((signal, body))
        return self.answers.pop(0) if self.answers else TAKEN


def test_what_was_left_is_sent_once(folder: RuntimeFolder) -> None:
    """As its signal, byte for byte; then nothing is left of it."""
    body = bytes(range(256)) * 100
    assert outbox.leave(folder, "traces", body)
    assert outbox.leave(folder, "logs", b"logs")
    desk = Desk()
    assert outbox.deliver(folder, desk) == 2
    assert desk.seen == [("traces", body), ("logs", b"logs")]
    assert outbox.deliver(folder, desk) == 0
    assert len(desk.seen) == 2
    assert not [path.name for path in folder.path.iterdir() if "left" in path.name]


def test_the_oldest_goes_first(folder: RuntimeFolder) -> None:
    """In the order in which they were left, whoever left them."""
    for i in range(20):
        assert outbox.leave(folder, "logs", str(i).encode())
    desk = Desk()
    outbox.deliver(folder, desk)
    assert [int(body) for _, body in desk.seen] == list(range(20))


def test_it_stays_while_the_receiver_says_again(folder: RuntimeFolder) -> None:
    """Nothing after it is tried, so that the order holds; later everything goes."""
    for body in (b"one", b"two", b"three"):
        outbox.leave(folder, "logs", body)
    desk = Desk(TAKEN, AGAIN)
    assert outbox.deliver(folder, desk) == 1
    assert [body for _, body in desk.seen] == [b"one", b"two"]
    assert outbox.deliver(folder, desk) == 2
    assert [body for _, body in desk.seen] == [b"one", b"two", b"two", b"three"]


def test_what_is_refused_for_good_is_not_tried_again(folder: RuntimeFolder) -> None:
    """It would stand in the way of all that comes after it."""
    outbox.leave(folder, "logs", b"bad")
    outbox.leave(folder, "logs", b"good")
    desk = Desk(REFUSED)
    outbox.deliver(folder, desk)
    outbox.deliver(folder, desk)
    assert [body for _, body in desk.seen] == [b"bad", b"good"]


def test_a_sender_that_fails_loses_nothing(folder: RuntimeFolder) -> None:
    """The file is there for the next, and its lock is free."""
    outbox.leave(folder, "logs", b"kept")

    def fail(signal: Signal, body: bytes) -> Answer:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        outbox.deliver(folder, fail)
    assert outbox.deliver(folder, Desk()) == 1


def test_a_signal_that_is_not_exported_here_stays(folder: RuntimeFolder) -> None:
    """A process that exports nothing must not speak to a receiver for another."""
    assert outbox.leave(folder, "traces", b"a")
    assert outbox.leave(folder, "logs", b"b")
    desk = Desk()
    assert outbox.deliver(folder, desk, ["logs"]) == 1
    assert desk.seen == [("logs", b"b")]
    assert outbox.deliver(folder, desk, []) == 0
    assert outbox.deliver(folder, desk) == 1


def test_two_threads_that_deliver_at_once_send_each_once(folder: RuntimeFolder) -> None:
    """One has the file while it sends; the other leaves it alone."""
    for i in range(20):
        outbox.leave(folder, "logs", str(i).encode())
    together = threading.Barrier(2)
    seen: list[bytes] = []

    def send(signal: Signal, body: bytes) -> Answer:
        if not together.broken:
            try:
                together.wait(0.2)  # both are in the midst of sending, if they can be
            except threading.BrokenBarrierError:
                pass
        seen.append(body)
        return TAKEN

    threads = [threading.Thread(target=outbox.deliver, args=(folder, send)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(seen, key=int) == [str(i).encode() for i in range(20)]


def test_a_file_that_another_sends_meanwhile_is_left_alone(
    folder: RuntimeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there when this one looked, and gone when this one had its lock."""
    outbox.leave(folder, "logs", b"theirs")
    outbox.leave(folder, "logs", b"mine")
    theirs = outbox.waiting(folder)[0]
    attempt = locks.attempt

    def late(path: Path, *, create: bool = True) -> int | None:
        handle = attempt(path, create=create)
        if path == theirs:
            path.unlink()
        return handle

    monkeypatch.setattr(locks, "attempt", late)
    desk = Desk()
    assert outbox.deliver(folder, desk) == 1
    assert [body for _, body in desk.seen] == [b"mine"]


DELIVERER = """
import sys
from pathlib import Path
from labotel.export import outbox
from labotel.export.folder import RuntimeFolder
from labotel.export.transport import Answer
folder = RuntimeFolder(Path(sys.argv[1]), "lab", "x")
print("ready", flush=True)
sys.stdin.readline()
def send(signal, body):
    print(body.decode(), flush=True)
    return Answer("taken")
while outbox.waiting(folder):
    outbox.deliver(folder, send)
"""


def test_two_processes_that_deliver_at_once_send_each_once(folder: RuntimeFolder) -> None:
    """Between processes as between threads."""
    for i in range(200):
        outbox.leave(folder, "logs", str(i).encode())
    command = [sys.executable, "-c", DELIVERER, str(folder.root)]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    sent = [line for worker in workers for line in worker.communicate(timeout=20)[0].split()]
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sorted(map(int, sent)) == list(range(200))


def test_a_full_folder_takes_no_more(
    folder: RuntimeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit holds for all that waits together; what was there stays."""
    monkeypatch.setattr(outbox, "LIMIT", 10)
    assert outbox.leave(folder, "logs", b"12345")
    assert outbox.leave(folder, "traces", b"67890")
    assert not outbox.leave(folder, "logs", b"1")
    desk = Desk()
    assert outbox.deliver(folder, desk) == 2
    assert outbox.leave(folder, "logs", b"1")


def test_a_full_disk_is_told_and_leaves_nothing(
    folder: RuntimeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends must end: no error, no half file that somebody would send."""

    def full(path: Path, body: bytes) -> int:
        with open(path, "wb") as file:
            file.write(body[:2])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    assert not outbox.leave(folder, "logs", b"12345")
    assert list(folder.path.iterdir()) == []


def test_a_file_of_no_signal_is_put_away(folder: RuntimeFolder) -> None:
    """A later release may leave other signals: they do not stop an older one's own."""
    (folder.path / "left-00000000000000000001-1-profiles").write_bytes(b"?")
    outbox.leave(folder, "logs", b"mine")
    desk = Desk()
    outbox.deliver(folder, desk)
    assert desk.seen == [("logs", b"mine")]
