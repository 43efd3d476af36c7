"""The containers of a machine: what each uses, how near its limit it is, how long it has run."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query, Row, logs

_NAMED: Final = "{{container}}"
_OF_LIMIT: Final = (
    "100 * max by (container) (container_memory_usage_total_bytes"
    " / container_memory_usage_limit_bytes)"
)


def _network(way: str) -> str:
    return (
        f"sum by (container) (rate(container_network_io_usage_{way}_bytes_total[$__rate_interval]))"
    )


DASHBOARD: Final = Dashboard(
    "Containers",
    (
        Panel("Containers", "count(count by (instance, container) (container_uptime_seconds))",
              "stat", width=6, height=5, empty="none"),
        Panel("Nearest to its limit", f"max({_OF_LIMIT})", "stat", "percent",
              ((80, "yellow"), (90, "red")), "Memory, of what Docker lets it have.", width=6,
              height=5, empty="not read"),
        Panel("Restarts", "sum(container_restarts_total)", "stat", thresholds=((1, "yellow"),),
              description="By Docker, since each container was made.", width=6, height=5,
              empty="not read"),
        Panel("Youngest", "min(container_uptime_seconds)", "stat", "s",
              description="How long the container has run that was started last.", width=6,
              height=5, empty="none"),
        Panel("CPU", Query(
            "100 * sum by (container)"
            " (rate(container_cpu_usage_nanoseconds_total[$__rate_interval])) / 1e9", _NAMED),
            unit="percent", description="100 is one core.", width=12, empty="not read"),
        Panel("Memory, of its limit", Query(_OF_LIMIT, _NAMED), unit="percent",
              thresholds=((80, "yellow"), (90, "red")), width=12, empty="not read",
              description="Without the cache of files; one that has no limit has the machine's."),
        Panel("Memory", Query("max by (container) (container_memory_usage_total_bytes)", _NAMED),
              unit="bytes", width=12, empty="not read"),
        Panel("Network",
              (Query(_network("rx"), f"{_NAMED} in"), Query(_network("tx"), f"{_NAMED} out")),
              unit="Bps", width=12, empty="not read"),
        Panel("Disks", Query(
            "sum by (container, operation) (rate("
            'container_blockio_io_service_bytes_recursive_total{operation=~"read|write"}'
            "[$__rate_interval]))", f"{_NAMED} {{{{operation}}}}"), unit="Bps", width=12,
            empty="nothing was read or written"),
        Panel("Restarts", Query("max by (container) (container_restarts_total)", _NAMED),
              width=12, empty="not read"),
        Panel("Runs for", Query("min by (container) (container_uptime_seconds)", _NAMED),
              "table", "s", width=24, empty="none"),
        Row("What was said"),
        Panel("Lines", logs('{job="docker-containers"}'), "logs", width=24),
    ),
    "As Docker counts, asked by the Collector. A name is a container's, on whichever machine.",
)  # fmt: skip
