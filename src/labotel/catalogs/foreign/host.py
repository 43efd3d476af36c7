"""A host: processors, memory, disks, network, processes."""

from typing import Final

from labotel.catalogs.foreign.foreign import WHO, Foreign

FOREIGN: Final = Foreign(
    "host",
    source="hostmetricsreceiver of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=WHO,
    series={
        "system_cpu_load_average_15m": (),
        "system_cpu_load_average_1m": (),
        "system_cpu_load_average_5m": (),
        "system_cpu_logical_count": (),
        "system_linux_memory_available_bytes": (),
        "system_processes_created_total": (),
        "system_cpu_time_seconds_total": ("cpu", "state"),
        "system_cpu_utilization_ratio": ("cpu", "state"),
        "system_disk_io_time_seconds_total": ("device",),
        "system_disk_pending_operations": ("device",),
        "system_disk_weighted_io_time_seconds_total": ("device",),
        "system_disk_io_bytes_total": ("device", "direction"),
        "system_disk_merged_total": ("device", "direction"),
        "system_disk_operation_time_seconds_total": ("device", "direction"),
        "system_disk_operations_total": ("device", "direction"),
        "system_network_dropped_total": ("device", "direction"),
        "system_network_errors_total": ("device", "direction"),
        "system_network_io_bytes_total": ("device", "direction"),
        "system_network_packets_total": ("device", "direction"),
        "system_filesystem_inodes_usage": ("device", "mode", "mountpoint", "state", "type"),
        "system_filesystem_usage_bytes": ("device", "mode", "mountpoint", "state", "type"),
        "system_filesystem_utilization_ratio": ("device", "mode", "mountpoint", "type"),
        "system_paging_operations_total": ("direction", "type"),
        "system_network_connections": ("protocol", "state"),
        "system_memory_usage_bytes": ("state",),
        "system_memory_utilization_ratio": ("state",),
        "system_processes_count": ("status",),
        "system_paging_faults_total": ("type",),
    },
)
