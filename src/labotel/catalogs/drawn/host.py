"""The hosts that applications run on: processors, memory, disks, the network."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query

USED: Final = 'memory_usage_bytes{type="used"} / ignoring (type) memory_usage_bytes{type="total"}'
"""The part of its memory that a host uses."""

DASHBOARD: Final = Dashboard(
    "Hosts",
    (
        Panel("CPU", Query("avg by (instance) (cpu_usage_percent)", "{{instance}}"),
              unit="percent", thresholds=((80, "yellow"), (95, "red")), width=12),
        Panel("Memory", Query(f"100 * {USED}", "{{instance}}"), unit="percent",
              thresholds=((85, "yellow"), (90, "red")), width=12),
        Panel("Disks", Query("100 * (1 - disk_available_bytes / disk_size_bytes)",
              "{{mountpoint}}"), unit="percent", thresholds=((80, "yellow"), (90, "red")),
              width=12),
        Panel("Network", Query(
            "sum by (interface, direction) (rate(network_traffic_bytes_total[$__rate_interval]))",
            "{{interface}} {{direction}}"), unit="Bps", width=12),
        Panel("Load", (Query("sum(system_cpu_load_average_1m)", "1 min"),
                       Query("sum(system_cpu_load_average_15m)", "15 min")), width=12,
              empty="not read", description="As the Collector reads its own host."),
        Panel("Disk operations", Query(
            "sum by (device, direction) (rate(system_disk_operations_total[$__rate_interval]))",
            "{{device}} {{direction}}"), unit="iops", width=12, empty="not read"),
        Panel("Full in", Query(
            "disk_available_bytes / -(deriv(disk_available_bytes[6h]) < 0)", "{{mountpoint}}"),
            "stat", "s", ((0, "red"), (86400, "yellow"), (604800, "green")), width=24, height=5,
            description="If a disk fills on as in the last six hours.", empty="not in sight"),
    ),
    "As a process of each host sees it.",
)  # fmt: skip
