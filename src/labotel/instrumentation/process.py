"""The process itself, by the standard library and Linux's /proc.

Counters go on from the slot's: what is told is what came since the last reading, so that a process
that takes over a slot moves no sum back.
"""

import gc
import os
import sys
import time
from collections.abc import Callable
from typing import Any, Final, Literal

from labotel.catalogs.process import (
    CPU_PERCENT,
    OPEN_FDS,
    PYTHON_INFO,
    RESIDENT_MEMORY,
    START_TIME,
    THREADS,
    GarbageCollected,
    ProcessorTime,
)
from labotel.events.dispatch import tell
from labotel.events.event import Event
from labotel.instrumentation.supplies import Supplies

GENERATIONS: Final[tuple[Literal["0", "1", "2"], ...]] = ("0", "1", "2")
_STAT, _STATM = "/proc/self/stat", "/proc/self/statm"
_NUMBER_OF_THREADS, _BEGAN = 17, 19
"""Fields of /proc/self/stat, counted from the state, which is the first after the name."""
_IMPLEMENTATIONS: Final = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}

Collected = list[tuple[int, int]]


class _Told:
    """What this process has told already, whoever observes it: one that configures again goes on.

    A forked child's processor time begins at 0, and its garbage collector's counts at its
    parent's.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.cpu = 0.0
        self.collected: Collected = [(0, 0)] * len(GENERATIONS)

    def begin(self) -> None:
        """Begin anew, in a child."""
        self.pid, self.cpu, self.collected = os.getpid(), 0.0, _collected()


_told = _Told()
os.register_at_fork(after_in_child=_told.begin)


class ProcessObserver:
    """Supplies the process's gauges, and tells its counters; `connect` and `disconnect` it."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._supplies = Supplies()
        self._last: tuple[float, float] | None = None

    def connect(self) -> None:
        """Supply what this system can tell from now on."""
        give = self._supplies.give
        give(CPU_PERCENT, self._cpu_percent)
        give(PYTHON_INFO, _python)
        if os.path.exists(_STAT):
            give(RESIDENT_MEMORY, _resident)
            give(THREADS, lambda: int(_stat()[_NUMBER_OF_THREADS]))
            give(START_TIME, _started)
        if _descriptors() is not None:
            give(OPEN_FDS, _open_files)

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()
        self.forget()

    def forget(self) -> None:
        """Forget, in a forked child, what its parent read."""
        self._last = None

    def _cpu_percent(self) -> list[tuple[float]]:
        """Give the share since the last reading; the first one says nothing."""
        before, now = self._last, (time.process_time(), time.monotonic())
        self._last = now
        if before is None or now[1] <= before[1]:
            return []
        return [(round(100 * (now[0] - before[0]) / (now[1] - before[1]), 1),)]

    def tell_counts(self, say: Callable[[Event], None] = tell) -> None:
        """Tell what the counters grew by since the last time; with each reading, and at the end."""
        try:
            cpu, collected = time.process_time(), _collected()
            if cpu > _told.cpu:
                grown, _told.cpu = cpu - _told.cpu, cpu
                say(ProcessorTime(amount=grown))
            before, _told.collected = _told.collected, collected
            for generation, was, now in zip(GENERATIONS, before, collected, strict=True):
                if now[0] > was[0]:
                    say(
                        GarbageCollected(
                            generation=generation,
                            collections=now[0] - was[0],
                            objects=max(0, now[1] - was[1]),
                        )
                    )
        except Exception as error:
            self._fault("process_counts", error)


def _collected() -> Collected:
    """Return the collections and the objects collected of each generation; PyPy tells none."""
    stats: list[Any] = gc.get_stats() if sys.implementation.name == "cpython" else []
    found = [(int(one["collections"]), int(one["collected"])) for one in stats]
    return (found + [(0, 0)] * len(GENERATIONS))[: len(GENERATIONS)]


def _stat() -> list[str]:
    """Return the fields after the name, which may hold anything, brackets too."""
    with open(_STAT, encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


def _resident() -> int:
    with open(_STATM, encoding="utf-8") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _started() -> float:
    """Return when the process began: /proc has it in ticks since the machine began."""
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - int(_stat()[_BEGAN]) / os.sysconf("SC_CLK_TCK")
    return round(time.time() - age, 2)


def _descriptors() -> str | None:
    return next((folder for folder in ("/proc/self/fd", "/dev/fd") if os.path.isdir(folder)), None)


def _open_files() -> int:
    """Count the descriptors, but for the one that counts them."""
    return len(os.listdir(_descriptors() or "")) - 1


def _python() -> list[tuple[str, str, int]]:
    name = sys.implementation.name
    return [(sys.version.split()[0], _IMPLEMENTATIONS.get(name, name), 1)]
