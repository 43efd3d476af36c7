"""What the research system may say, the names that its dashboards know, and who is told of what."""

from typing import Annotated, Literal

from labotel import (
    MEASURED,
    SECONDS,
    Alert,
    Alias,
    Catalog,
    Counter,
    Event,
    Gauge,
    Histogram,
    Outcome,
    Personal,
    Unbounded,
)
from labotel.events.panels import Dashboard, Panel, Query

Command = Literal["git init", "git add", "git commit", "git log", "git show", "datalad create",
                  "datalad save"]  # fmt: skip
_BY = ("command", "outcome")


class CommandRun(
    Event,
    name="research.datalad_operation",
    instruments=(Counter("scitrace_commands_total", by=_BY),),
):
    """A command of DataLad or git came to its end; where it ran is nobody's business."""

    command: Command
    duration: Annotated[
        float, Histogram("scitrace_command_duration_seconds", by=_BY, buckets=SECONDS)
    ] = MEASURED
    outcome: Outcome = MEASURED
    error_type: Unbounded[str | None] = MEASURED


class DatasetCreated(Event, name="research.dataset.created"):
    """Somebody began a data set."""

    dataset_id: Unbounded[int]
    created_by: Personal[str]


ACTIVE_USERS = Gauge(
    "scitrace_active_users",
    scope="service",
    description="Users who did something within the last quarter of an hour.",
)

_WHO = "job, service_name, service_namespace, deployment_environment_name"
_DURATION = "http_request_duration_seconds"

catalog = Catalog(
    "research",
    events=[CommandRun, DatasetCreated],
    gauges=[ACTIVE_USERS],
    aliases=[
        Alias("scitrace_requests_total", "http_requests_total", by=("method", "endpoint")),
        Alias("scitrace_request_duration_seconds", _DURATION),
        Alias("scitrace_database_connections", "database_connections_current"),
    ],
    alerts=[
        Alert("HighErrorRate",
              f'sum by ({_WHO}) (rate(http_requests_total{{status=~"[45].."}}[5m]))\n/\n'
              f"sum by ({_WHO}) (rate(http_requests_total[5m]))\n> 0.1",
              "critical",
              "{{ $labels.service_name }}: {{ $value | humanizePercentage }} of requests fail",
              for_="0m"),
        Alert("SlowResponseTime",
              f"sum by ({_WHO}) (rate({_DURATION}_sum[1m]))\n/\n"
              f"sum by ({_WHO}) (rate({_DURATION}_count[1m]))\n> 2",
              "warning",
              "{{ $labels.service_name }}: a request takes {{ $value | humanizeDuration }} on"
              " average", for_="0m", runbook="HighResponseTime"),
        Alert("HighCpuUsage", "avg without (core) (avg_over_time(cpu_usage_percent[1m])) > 80",
              "warning", "The processors are busy for {{ $value | humanize }}% of the time",
              for_="0m"),
        Alert("HighMemoryUsage",
              'avg_over_time(memory_usage_bytes{type="used"}[1m])'
              ' / ignoring (type) avg_over_time(memory_usage_bytes{type="total"}[1m]) > 0.85',
              "critical", "{{ $value | humanizePercentage }} of the memory is used", for_="0m",
              runbook="MemoryUsageHigh"),
        Alert("DatabaseConnectionFailure",
              f"sum by ({_WHO}, database) (increase(database_connection_errors_total[1m])) > 0",
              "critical",
              "{{ $labels.service_name }} could not connect to {{ $labels.database }}", for_="0m"),
    ],
    dashboards=[
        Dashboard("SciTrace", (
            Panel("Request rate",
                  Query("sum by (endpoint) (rate(http_requests_total[$__rate_interval]))",
                        "{{endpoint}}"), unit="reqps"),
            Panel("Response time",
                  f"histogram_quantile(0.95, sum by (le) (rate({_DURATION}_bucket"
                  "[$__rate_interval])))", unit="s"),
            Panel("Error rate",
                  'sum(rate(http_requests_total{status=~"[45].."}[$__rate_interval]))'
                  " / (sum(rate(http_requests_total[$__rate_interval])) > 0)",
                  unit="percentunit"),
            Panel("Active users", "max(scitrace_active_users)", "stat"),
            Panel("Database connections",
                  Query("sum by (state) (database_connections_current)", "{{state}}")),
            Panel("System resources", (
                Query("avg(cpu_usage_percent)", "processors"),
                Query('100 * max(memory_usage_bytes{type="used"})'
                      ' / max(memory_usage_bytes{type="total"})', "memory"),
            ), unit="percent"),
        )),
    ],
)  # fmt: skip
"""Everything declared above."""
