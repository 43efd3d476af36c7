"""A check of the host: processor, memory, disk and load, each a warning past its limit."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from labotel.pages.health import Check, Finding

CPU: Final = 80.0
MEMORY: Final = 85.0
DISK: Final = 90.0
"""Percent that may be in use."""
LOAD: Final = 2.0
"""Processes for each core, over a minute, that may want to run."""
LOOK: Final = 0.2
"""How long, in s, the processor is looked at."""


def checks(settings: Mapping[str, Any]) -> Iterable[Check]:
    """Give the one check; psutil is imported here, as an import on a thread meets forks."""
    yield Check("resources", partial(_check, _psutil()), vital=False)


def _psutil() -> Any:
    try:
        import psutil
    except ImportError:
        return None
    return psutil


def _check(psutil: Any) -> Finding:
    return judged(dict(read(psutil)))


def judged(now: Mapping[str, float]) -> Finding:
    """Judge figures: `cpu`, `memory` and `disk` in percent, `load` for each core."""
    limits = {"cpu": CPU, "memory": MEMORY, "disk": DISK, "load": LOAD}
    said = {name: f"{name} {value:.1f}{_UNITS[name]}" for name, value in now.items()}
    past = [f"{said[n]} (past {limits[n]:g}{_UNITS[n]})" for n, v in now.items() if v > limits[n]]
    if past:
        return Finding("warning", ", ".join(past))
    return Finding("healthy", ", ".join(said.values()))


_UNITS: Final = {"cpu": " %", "memory": " %", "disk": " %", "load": " a core"}


def read(psutil: Any) -> Iterator[tuple[str, float]]:
    """Give the figures; those of processor and memory where psutil is installed."""
    if psutil is not None:
        yield "cpu", psutil.cpu_percent(interval=LOOK)
        yield "memory", psutil.virtual_memory().percent
    usage = shutil.disk_usage("/")
    used = usage.total - usage.free
    yield "disk", 100 * used / usage.total if usage.total else 0.0
    try:
        yield "load", os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:  # a system that has none
        pass
