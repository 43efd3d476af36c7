"""The host: processors, memory, disks and the network, read by one process of it."""

from typing import Annotated, Literal

from labotel.events.catalog import Alert, Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge
from labotel.events.marks import Limited


class InterfaceTraffic(Event, name="system.network.io", log=False, span=False):
    """Bytes went over a network interface since the last reading."""

    interface: Annotated[str, Limited(50)]
    direction: Literal["receive", "transmit"]
    amount: Annotated[int, Counter("network_traffic_bytes_total", by=("interface", "direction"))]


_DISK = {"mountpoint": Annotated[str, Limited(100)], "filesystem": Annotated[str, Limited(30)]}

LOAD_AVERAGE = Gauge(
    "system_load_average",
    by={"window": Literal["1m", "5m", "15m"]},
    scope="host",
    description="Processes that run or wait for a processor or a disk, over the last minutes.",
)
CPU_USAGE = Gauge(
    "cpu_usage_percent",
    by={"core": Annotated[str, Limited(1024)]},
    scope="host",
    description="How busy a core was since the last reading.",
)
MEMORY_USAGE = Gauge(
    "memory_usage_bytes",
    by={"type": Literal["total", "available", "used"]},
    scope="host",
    description="Main memory; what is available can be given to processes without swapping.",
)
DISK_USAGE = Gauge(
    "disk_usage_bytes", by=_DISK, scope="host", description="What files take of a file system."
)
DISK_SIZE = Gauge(
    "disk_size_bytes", by=_DISK, scope="host", description="The size of a file system."
)
DISK_AVAILABLE = Gauge(
    "disk_available_bytes",
    by=_DISK,
    scope="host",
    description="What a file system has left for users other than root.",
)

catalog = Catalog(
    "host",
    events=[InterfaceTraffic],
    gauges=[CPU_USAGE, LOAD_AVERAGE, MEMORY_USAGE, DISK_USAGE, DISK_SIZE, DISK_AVAILABLE],
    alerts=[
        Alert(
            "DiskFillsWithinADay",
            "predict_linear(disk_available_bytes[6h], 86400) < 0\nand\n"
            "disk_available_bytes / disk_size_bytes < 0.4",
            "warning",
            "{{ $labels.mountpoint }} is full within a day, if it goes on as in the last six hours",
            for_="1h",
        ),
    ],
)
