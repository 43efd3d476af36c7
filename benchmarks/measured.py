"""The clocks of one run, inside its process, and the line of JSON that it prints at its end."""

import gc
import json
import os
import resource
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from benchmarks.pace import PAUSES, pace

Work = Callable[[int, int], object]
"""Does the units from the first number up to the second."""


@dataclass
class Run:
    """What a run did and what it cost: CPU seconds for all its units together.

    `expected` is what the receiver must have counted since the warm-up (spans, span events, log
    records), or in all (metrics, which are cumulative). `without` is what the thread spends on
    the same loop with nothing said in it, at the same pace. `pace` is the mean pace meanwhile.
    `p99` is the 99th percentile of the units' times (seconds by the wall), `memory` the largest
    size of the process (MiB).
    """

    units: int
    expected: dict[str, int] = field(default_factory=dict)
    thread: float = 0.0
    process: float = 0.0
    without: float = 0.0
    pace: float = 0.0
    p99: float = 0.0
    memory: float = 0.0


def process_cpu() -> float:
    """Return the CPU seconds of this process so far, all its threads together."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def settle() -> None:
    """Wait until this process's other threads have nothing to do, at most 2 s."""
    until = time.monotonic() + 2.0
    while time.monotonic() < until:
        before = process_cpu()
        time.sleep(0.005)
        if process_cpu() - before < 0.0005:
            return


@dataclass
class Parts:
    """The thread's CPU seconds: for the work, for what was done aside, and the paces."""

    work: float = 0.0
    aside: float = 0.0
    paces: list[float] = field(default_factory=list)

    @property
    def pace(self) -> float:
        """The mean pace."""
        return sum(self.paces) / len(self.paces)


def in_parts(work: Work, units: int, clock: Callable[[], float] = time.thread_time) -> Parts:
    """Do all units in parts, and ask for the pace after each; `clock` is of who does the work."""
    size = -(-units // PAUSES)
    parts = Parts()
    for start in range(0, units, size):
        began = clock()
        work(start, min(start + size, units))
        parts.work += clock() - began
        worked = time.thread_time()
        settle()
        parts.paces.append(pace())
        parts.aside += time.thread_time() - worked
    return parts


def measure(
    run: Run,
    work: Work,
    flush: Callable[[], object],
    shutdown: Callable[[], object],
    empty: Work | None = None,
    clock: Callable[[], float] = time.thread_time,
) -> None:
    """Send what the warm-up left, then measure `work`, and the process until all is exported.

    `empty` is the same loop with nothing said in it, measured before.
    """
    alone = in_parts(empty, run.units, clock) if empty is not None else None
    flush()
    forget_received()
    gc.collect()
    began = process_cpu()
    parts = in_parts(work, run.units, clock)
    shutdown()
    run.process = process_cpu() - began - parts.aside
    run.thread, run.pace = parts.work, parts.pace
    if alone is not None:
        run.without = alone.work * parts.pace / alone.pace
    print(json.dumps(asdict(run)))


def forget_received() -> None:
    """Let the receiver count from zero: what follows is the part that is measured."""
    endpoint = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
    urllib.request.urlopen(f"{endpoint}/clear", data=b"", timeout=60).close()
