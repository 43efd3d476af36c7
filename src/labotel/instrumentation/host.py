"""The host, by psutil: read once a host, by the process that reads the service's gauges."""

import os
from collections.abc import Callable, Iterator
from typing import Any, Final, Literal

from labotel.catalogs.host import (
    CPU_USAGE,
    DISK_AVAILABLE,
    DISK_SIZE,
    DISK_USAGE,
    LOAD_AVERAGE,
    MEMORY_USAGE,
    InterfaceTraffic,
)
from labotel.events.dispatch import tell
from labotel.instrumentation.supplies import Supplies

Direction = Literal["receive", "transmit"]

_IMAGES: Final = frozenset({"squashfs", "iso9660", "erofs"})
"""File systems that are always full, as nobody can write to them."""


class HostObserver:
    """Supplies the host's gauges, and tells its traffic; `connect` and `disconnect` it."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._psutil: Any = None
        self._supplies = Supplies()
        self._times: list[tuple[float, float]] = []
        self._traffic: dict[tuple[str, Direction], int] = {}

    def connect(self) -> None:
        """Supply them from now on.

        psutil is imported here, by whoever configures: under way on another thread during a fork,
        an import would hang the child.
        """
        import psutil

        self._psutil = psutil
        give = self._supplies.give
        give(CPU_USAGE, self._cpu)
        give(LOAD_AVERAGE, lambda: zip(("1m", "5m", "15m"), os.getloadavg(), strict=True))
        give(MEMORY_USAGE, self._memory)
        give(DISK_USAGE, lambda: self._disks("used"))
        give(DISK_SIZE, lambda: self._disks("total"))
        give(DISK_AVAILABLE, lambda: self._disks("free"))

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()
        self.forget()

    def forget(self) -> None:
        """Forget, in a forked child, what its parent read: it goes on counting from there."""
        self._times = []
        self._traffic = {}

    def _cpu(self) -> list[tuple[str, float]]:
        """Give each core's busy time over the time since the last reading, as psutil reckons it.

        Its own `cpu_percent` remembers by thread, and each reading has a new one.
        """
        before = self._times
        self._times = [
            (sum(t) - _twice(t), t.idle + getattr(t, "iowait", 0.0))
            for t in self._psutil.cpu_times(percpu=True)
        ]
        if len(before) != len(self._times):  # the first reading, or a core came or went
            return []
        rows = []
        for core, (old, new) in enumerate(zip(before, self._times, strict=True)):
            passed, idle = new[0] - old[0], new[1] - old[1]
            if passed > 0:
                busy = 100 * (passed - idle) / passed
                rows.append((str(core), round(min(100.0, max(0.0, busy)), 1)))
        return rows

    def _memory(self) -> list[tuple[str, int]]:
        memory = self._psutil.virtual_memory()
        return [(kind, getattr(memory, kind)) for kind in ("total", "available", "used")]

    def _disks(self, figure: Literal["used", "total", "free"]) -> Iterator[tuple[str, str, int]]:
        for mountpoint, filesystem in self._mounted().items():
            try:
                usage = self._psutil.disk_usage(mountpoint)
            except OSError:  # not ours to look at, or gone meanwhile
                continue
            yield mountpoint, filesystem, getattr(usage, figure)

    def _mounted(self) -> dict[str, str]:
        """Return the file system of each folder that a device is mounted at, and of the root.

        A container's root is an overlay of no device; its single files are mounted from one.
        """
        every = self._psutil.disk_partitions(all=True)
        mounted = {"/": next((p.fstype for p in reversed(every) if p.mountpoint == "/"), "unknown")}
        for partition in self._psutil.disk_partitions(all=False):
            if os.path.isdir(partition.mountpoint) and partition.fstype not in _IMAGES:
                mounted[partition.mountpoint] = partition.fstype
        return mounted

    def tell_traffic(self) -> None:
        """Tell what went over each interface since the last time; called with each reading.

        The first reading is the base and tells 0, so that a series begins before it grows. A
        counter of the kernel's that went back (a device came anew) tells nothing that time.
        """
        before, self._traffic = self._traffic, {}
        try:
            counters = self._psutil.net_io_counters(pernic=True, nowrap=False)
            for interface, counted in counters.items():
                self._traffic[interface, "receive"] = counted.bytes_recv
                self._traffic[interface, "transmit"] = counted.bytes_sent
            for (interface, direction), now in self._traffic.items():
                known = (interface, direction) in before
                amount = now - before[interface, direction] if known else 0
                if amount > 0 or not known:
                    tell(InterfaceTraffic(interface=interface, direction=direction, amount=amount))
        except Exception as error:
            self._fault("host_traffic", error)


def _twice(times: Any) -> float:
    """Return what Linux counts twice: a guest's time is in the user's too."""
    return float(getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0))
