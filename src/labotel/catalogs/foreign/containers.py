"""Containers, by Docker's own numbers of them, on a machine with cgroups v2."""

from typing import Final

from labotel.catalogs.foreign.foreign import WHO, Foreign

FOREIGN: Final = Foreign(
    "containers",
    source="dockerstatsreceiver of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=(*WHO, "container", "image"),
    series={
        "container_cpu_usage_kernelmode_nanoseconds_total": (),
        "container_cpu_usage_nanoseconds_total": (),
        "container_cpu_usage_usermode_nanoseconds_total": (),
        "container_cpu_utilization_ratio": (),
        "container_memory_file_bytes": (),
        "container_memory_percent_ratio": (),
        "container_memory_usage_limit_bytes": (),
        "container_memory_usage_total_bytes": (),
        "container_restarts_total": (),
        "container_uptime_seconds": (),
        "container_network_io_usage_rx_bytes_total": ("interface",),
        "container_network_io_usage_rx_dropped_total": ("interface",),
        "container_network_io_usage_tx_bytes_total": ("interface",),
        "container_network_io_usage_tx_dropped_total": ("interface",),
        "container_blockio_io_service_bytes_recursive_total": (
            "device_major", "device_minor", "operation",
        ),
    },
)  # fmt: skip
