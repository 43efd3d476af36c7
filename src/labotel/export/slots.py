"""Slots: the numbered places that the processes of a service take, one each.

A slot is an identity with its totals. It is held by an `flock`, which the kernel gives back when
a process ends, however it ends; the next process to take it carries its totals on. So the number
of series is bounded by how many processes live at once, and a short-lived one's count is kept.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from labotel.export import locks, snapshot
from labotel.export.folder import RuntimeFolder
from labotel.signals.cells import Meter
from labotel.signals.tally import Tally

MOST: Final = 4096
"""Slots of one service on one host; far past any number of processes."""


def file_of(folder: RuntimeFolder, number: int) -> Path:
    """Return where a slot's totals are kept."""
    return folder.path / f"slot-{number}.json"


def _lock_of(folder: RuntimeFolder, number: int) -> Path:
    return folder.path / f"slot-{number}.lock"


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
        """Give the slot back (in the process that took it; a forked child forgets all locks)."""
        handle, self._handle = self._handle, None
        if handle is not None:
            locks.free(handle)


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


def tell_damage(tally: Tally, damage: str) -> None:
    """Count what `read` says of a damaged file, and say it."""
    tally.count("labotel_faults_total", "slot_damaged")
    tally.warn("slot damaged", f"labotel: {damage}; it starts anew")


def take(folder: RuntimeFolder) -> Slot:
    """Take the lowest slot that no process holds; raise OSError where there is none."""
    with folder.locked("slots"):
        for number in range(MOST):
            handle = locks.attempt(_lock_of(folder, number))
            if handle is not None:
                return Slot(folder, number, handle)
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
        held: dict[int, int] = {}
        try:
            for number in numbers(folder):
                handle = locks.attempt(_lock_of(folder, number))
                if handle is not None:
                    held[number] = handle
            yield list(held)
        finally:
            for handle in held.values():
                locks.free(handle)


def lease_of(folder: RuntimeFolder) -> "Lease":
    """Return the lease of a service: who has it exports the service's idle slots."""
    return Lease(folder.path / "lease.lock")


class Lease:
    """What one process of several holds, so that one alone does what is to be done once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def held(self) -> bool:
        """Tell whether this process has the lease, and take it where it is free."""
        if self._handle is None:
            self._handle = locks.attempt(self._path)
        return self._handle is not None

    def release(self) -> None:
        """Give the lease back."""
        handle, self._handle = self._handle, None
        if handle is not None:
            locks.free(handle)
