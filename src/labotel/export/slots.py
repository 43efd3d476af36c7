"""Slots: the numbered places that the processes of a service take, one each.

A slot is an identity with its totals. It is held by an `flock`, which the kernel gives back when
a process ends, however it ends; the next process to take it carries its totals on. So the number
of series is bounded by how many processes live at once, and a short-lived one's count is kept.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from labotel.export import snapshot
from labotel.export.folder import RuntimeFolder
from labotel.signals.cells import Meter

MOST: Final = 4096
"""Slots of one service on one host; far past any number of processes."""


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def file_of(folder: RuntimeFolder, number: int) -> Path:
    """Return where a slot's totals are kept."""
    return folder.path / f"slot-{number}.json"


class Slot:
    """A slot that this process holds."""

    def __init__(self, folder: RuntimeFolder, number: int, handle: int) -> None:
        self.folder = folder
        self.number = number
        self._handle: int | None = handle

    @property
    def identity(self) -> str:
        """The `service.instance.id` of what this slot exports."""
        return f"{self.folder.instance}-{self.number}"

    @property
    def path(self) -> Path:
        """Where this slot's totals are kept."""
        return file_of(self.folder, self.number)

    def load(self) -> tuple[Meter, str | None]:
        """Return the totals found here, and why a damaged file was set aside (else None)."""
        return read(self.path)

    def save(self, text: bytes) -> None:
        """Write this slot's totals."""
        snapshot.write(self.path, text)

    def release(self) -> None:
        """Give the slot back (in the process that took it)."""
        self.forget()

    def forget(self) -> None:
        """Close the descriptor. A forked child does so too, and never unlocks its parent's."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)


def read(path: Path) -> tuple[Meter, str | None]:
    """Return a slot file's totals; a damaged one is set aside, so that it never stops a start."""
    try:
        return snapshot.load(path.read_bytes()), None
    except FileNotFoundError:
        return Meter(), None
    except ValueError as error:
        with contextlib.suppress(OSError):
            os.replace(path, path.with_suffix(".damaged"))
        return Meter(), f"{path.name} is set aside as damaged: {error}"


def take(folder: RuntimeFolder) -> Slot:
    """Take the lowest slot that no process holds; raise OSError where there is none."""
    with folder.locked("slots"):
        for number in range(MOST):
            handle = _open(folder.path / f"slot-{number}.lock")
            if _try(handle):
                return Slot(folder, number, handle)
            os.close(handle)
    raise OSError(f"all {MOST} slots of {folder.path} are held; is something forking for ever?")


def numbers(folder: RuntimeFolder) -> list[int]:
    """Return the slots that have totals."""
    found = []
    for path in folder.path.glob("slot-*.json"):
        with contextlib.suppress(ValueError):
            found.append(int(path.stem.removeprefix("slot-")))
    return sorted(found)


@contextlib.contextmanager
def idle(folder: RuntimeFolder) -> Iterator[list[int]]:
    """Give the slots with totals that no process holds; none is taken before the block ends.

    Takers wait on the same short lock, so a look here never makes them think a slot is held.
    """
    with folder.locked("slots"):
        free = []
        handles = []
        try:
            for number in numbers(folder):
                handle = _open(folder.path / f"slot-{number}.lock")
                handles.append(handle)
                if _try(handle):
                    free.append(number)
            yield free
        finally:
            for handle in handles:
                os.close(handle)


class Lease:
    """What one process of several holds, so that one alone does what is to be done once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def held(self) -> bool:
        """Tell whether this process has the lease, and take it where it is free."""
        if self._handle is not None:
            return True
        handle = _open(self._path)
        if _try(handle):
            self._handle = handle
            return True
        os.close(handle)
        return False

    def forget(self) -> None:
        """Give the lease back, or close what a forked child inherited of it."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with contextlib.suppress(OSError):
                os.close(handle)
