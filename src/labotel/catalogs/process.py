"""The process itself: its processor time, memory, threads and files, and its Python."""

from typing import Annotated, Literal

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge
from labotel.events.marks import Limited


class ProcessorTime(Event, name="process.cpu.time", log=False, span=False):
    """Processor time went into the process since the last reading, in seconds."""

    amount: Annotated[float, Counter("process_cpu_seconds_total", by=())]


class GarbageCollected(Event, name="cpython.gc.collected", log=False, span=False):
    """Python's garbage collector ran since the last reading."""

    generation: Literal["0", "1", "2"]
    collections: Annotated[int, Counter("python_gc_collections_total", by=("generation",))]
    objects: Annotated[int, Counter("python_gc_objects_collected_total", by=("generation",))]


CPU_PERCENT = Gauge(
    "process_cpu_percent",
    scope="process",
    description="Processor time over the time since the last reading; 100 is one core.",
)
RESIDENT_MEMORY = Gauge(
    "process_resident_memory_bytes",
    scope="process",
    description="Main memory; what processes share is counted in each.",
)
THREADS = Gauge("process_threads", scope="process", description="Threads, Python's and others.")
OPEN_FDS = Gauge("process_open_fds", scope="process", description="Open file descriptors.")
START_TIME = Gauge(
    "process_start_time_seconds",
    scope="process",
    description="When the process began, in s since 1970.",
)
PYTHON_INFO = Gauge(
    "python_info",
    by={"version": Annotated[str, Limited(10)], "implementation": Annotated[str, Limited(5)]},
    scope="process",
    description="1: which Python the process runs.",
)

catalog = Catalog(
    "process",
    events=[ProcessorTime, GarbageCollected],
    gauges=[CPU_PERCENT, RESIDENT_MEMORY, THREADS, OPEN_FDS, START_TIME, PYTHON_INFO],
)
