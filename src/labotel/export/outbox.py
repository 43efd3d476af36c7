"""The queue on disk: requests that wait for a receiver, as files that any process may send.

A child that ends never waits for the network: it writes and goes. A process whose receiver is away
writes what would else fill its memory. Whoever is awake sends the oldest first; a lock on the file
keeps two from sending it at once, and one that dies meanwhile gives it back. At least once.
"""

import contextlib
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from labotel.export import locks
from labotel.export.folder import RuntimeFolder
from labotel.export.settings import Signal
from labotel.export.transport import SIGNALS, Answer

MERGE: Final = 256 * 1024
"""Files up to so many bytes grow by what comes next: many small ones would be slow to list."""

Send = Callable[[Signal, bytes, int], Answer]
"""Sends (signal, request, how many items it holds)."""
Dropped = Callable[[Signal, int], None]


def always() -> bool:
    """Go on until all is sent."""
    return True


class Waiting(NamedTuple):
    """A file that waits: of which signal, since when (ns), how many items it holds."""

    path: Path
    signal: Signal | None
    since: int
    items: int


def waiting(folder: RuntimeFolder) -> list[Waiting]:
    """Return what waits, oldest first; what no release of today leaves has no signal."""
    found = []
    for path in folder.path.glob("left-*"):
        try:
            _, since, _, items, name = path.name.split("-")
            signal = next((s for s in SIGNALS if s == name), None)
            found.append(Waiting(path, signal, int(since), int(items)))
        except ValueError:
            found.append(Waiting(path, None, 0, 0))
    return sorted(found, key=lambda file: (file.since, file.path.name))


class Outbox:
    """The queue on disk of one service, of at most `limit` bytes."""

    def __init__(self, folder: RuntimeFolder, limit: int, dropped: Dropped) -> None:
        self._folder = folder
        self._limit = limit
        self._dropped = dropped
        self.problem: OSError | None = None
        """Why the last request could not be written, or what waits not be read; or None."""
        self._sent: set[Path] = set()
        """What could not be removed when it was sent: it is not sent again and again."""

    def put(self, signal: Signal, body: bytes, items: int) -> bool:
        """Keep a request; False where it cannot be written, and then nothing of it is there.

        Past the limit the oldest of the signal that takes most give way, as in memory.
        """
        if len(body) > self._limit:
            self._dropped(signal, items)
            return True
        self.problem = None
        try:
            files = waiting(self._folder)
            self._make_room(files, signal, len(body))
            last = next((file for file in reversed(files) if file.signal == signal), None)
            if last is not None and _size(last) + len(body) <= min(MERGE, self._limit // 16):
                with _locked(last.path) as mine:
                    if mine:
                        whole = last.path.read_bytes() + body
                        self._write(signal, last.since, last.items + items, whole)
                        last.path.unlink()
                        return True
            # Where a clock was set back, what comes now is still the newest.
            before = last.since if last is not None else 0
            self._write(signal, max(time.time_ns(), before + 1), items, body)
        except OSError as error:
            self.problem = error
            return False
        return True

    def _write(self, signal: Signal, since: int, items: int, body: bytes) -> None:
        # A name of its own: what a file grew from is removed by its name, and two containers may
        # give their processes one number.
        name = f"left-{since:020d}-{secrets.token_hex(4)}-{items}-{signal}"
        fresh = self._folder.path / f"new-{name}"
        try:
            fresh.write_bytes(body)
            os.replace(fresh, self._folder.path / name)
        except OSError:
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise

    def _make_room(self, files: list[Waiting], signal: Signal, more: int) -> None:
        """Remove the oldest until so many bytes fit, but for those that are being sent.

        Of the signal that takes most: many spans do not drive out the few log lines.
        """
        taken: Counter[Signal | None] = Counter({signal: more})
        sizes = {file: _size(file) for file in files}
        for file, size in sizes.items():
            taken[file.signal] += size
        while sum(taken.values()) > self._limit and sizes:
            signals = {file.signal for file in sizes}
            largest = None if None in signals else max(signals, key=lambda s: taken[s])
            oldest = next(file for file in sizes if file.signal == largest)
            size = sizes.pop(oldest)
            with _locked(oldest.path) as mine:
                if mine:
                    oldest.path.unlink()
                    files.remove(oldest)
                    taken[largest] -= size
                    if oldest.signal is not None:
                        self._dropped(oldest.signal, oldest.items)

    def size(self) -> int:
        """Return how many bytes wait."""
        return sum(map(_size, waiting(self._folder)))

    def deliver(self, signal: Signal, send: Send, go_on: Callable[[], bool] = always) -> bool:
        """Send what waits of a signal, oldest first; False where more waits that could be sent.

        It ends at an answer "again", and when `go_on` says so. What another sends is left to it,
        and what cannot be read (a disk that became read-only) holds up nothing else.
        """
        self.problem = None
        for file in waiting(self._folder):
            if file.signal != signal or file.path in self._sent:
                continue
            if not go_on():
                return False
            try:
                with _locked(file.path) as mine:
                    if mine:
                        answer = send(signal, file.path.read_bytes(), file.items)
                        if answer.outcome == "again":
                            self._keep(file, answer)
                            return False
                        self._sent.add(file.path)
                        file.path.unlink(missing_ok=True)
                        self._sent.discard(file.path)
            except OSError as error:
                self.problem = error
        return True

    def _keep(self, file: Waiting, answer: Answer) -> None:
        """Keep of a file what is to be tried again: the other part of it was taken."""
        if answer.rest is not None and file.signal is not None:
            body, items = answer.rest
            self._write(file.signal, file.since, items, body)
            file.path.unlink()


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[bool]:
    """Hold a file for the block; give whether it is there and nobody else has it."""
    try:
        handle = locks.attempt(path, create=False)
    except FileNotFoundError:
        handle = None
    if handle is None:
        yield False
        return
    try:
        yield path.exists()  # another may have sent it between our open and our lock
    finally:
        locks.free(handle)


def _size(file: Waiting) -> int:
    try:
        return file.path.stat().st_size
    except OSError:
        return 0
