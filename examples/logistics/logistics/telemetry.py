"""What the warehouses may say, and what is made of it."""

from enum import StrEnum
from typing import Annotated, Literal

from labotel import (
    MEASURED,
    Alert,
    Alias,
    Catalog,
    Counter,
    Event,
    Gauge,
    Histogram,
    Objective,
    Outcome,
    Personal,
    Unbounded,
)
from labotel.events.panels import Dashboard, Panel, Query


class Warehouse(StrEnum):
    """Where goods are."""

    CHINA = "china"
    GHANA = "ghana"


class Status(StrEnum):
    """How far they are."""

    RECEIVED = "received"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class Operation(StrEnum):
    """What is done with them."""

    PROCESS = "process"
    SHIP = "ship"
    DELIVER = "deliver"


SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class GoodsReceived(
    Event,
    name="logistics.goods.received",
    instruments=(Counter("primepre_goods_received_total", by=("warehouse", "status")),),
):
    """Goods came into a warehouse: from outside as received, by ship as shipped."""

    warehouse: Warehouse
    status: Status
    goods_id: Unbounded[int]
    received_by: Personal[str]


class GoodsProcessed(Event, name="logistics.goods.processed"):
    """Somebody did something with goods: this is the audit log, too."""

    warehouse: Warehouse
    operation: Operation
    goods_id: Unbounded[int]
    done_by: Personal[str]
    duration: Annotated[
        float,
        Histogram(
            "primepre_goods_processing_seconds", by=("warehouse", "operation"), buckets=SECONDS
        ),
    ] = MEASURED
    outcome: Outcome = MEASURED


class WorkflowRun(
    Event,
    name="logistics.workflow.run",
    instruments=(Counter("primepre_workflow_executions_total", by=("workflow_name", "status")),),
):
    """A workflow came to its end."""

    workflow_name: Literal["ship_waiting", "deliver_arrived"]
    status: Literal["success", "failure"]
    goods: Unbounded[int]


UTILIZATION = Gauge(
    "primepre_warehouse_utilization_percent",
    by={"warehouse": Warehouse},
    scope="service",
    description="Goods that wait, of all goods of a warehouse, in percent.",
)
ACTIVE_USERS = Gauge(
    "primepre_active_users",
    scope="service",
    description="Users who logged in within 24 hours.",
)

_WHO = "job, service_name, service_namespace, deployment_environment_name"
_DURATION = "http_request_duration_seconds"
_HOURLY = "sum(rate(primepre_goods_received_total[1h]))"


def _quantile(share: float, of: str, window: str = "$__rate_interval") -> str:
    return f"histogram_quantile({share}, sum by (le) (rate({of}_bucket[{window}])))"


BUSINESS = Dashboard("Business and API", (
    Panel("Goods received in 24 h",
          "sum(increase(primepre_goods_received_total[24h] anchored))", "stat"),
    Panel("Warehouse utilization",
          Query("max by (warehouse) (primepre_warehouse_utilization_percent)", "{{warehouse}}"),
          "gauge", "percent", ((70, "yellow"), (90, "red"))),
    Panel("API p95 and p50",
          (Query(_quantile(0.95, _DURATION), "p95"), Query(_quantile(0.5, _DURATION), "p50")),
          unit="s"),
    Panel("Error rate", 'sum(rate(http_requests_total{status=~"[45].."}[$__rate_interval]))',
          unit="reqps"),
    Panel("Goods by status",
          Query("sum by (status) (increase(primepre_goods_received_total[$__range] anchored))",
                "{{status}}"), "piechart"),
    Panel("Database query p95", _quantile(0.95, "database_query_duration_seconds"), unit="s"),
))  # fmt: skip

catalog = Catalog(
    "logistics",
    events=[GoodsReceived, GoodsProcessed, WorkflowRun],
    gauges=[UTILIZATION, ACTIVE_USERS],
    aliases=[
        Alias("primepre_api_request_duration_seconds", _DURATION,
              by=("method", "endpoint", "status")),
        Alias("primepre_database_query_duration_seconds", "database_query_duration_seconds",
              by=("query_type",)),
        *(Alias("primepre_api_errors_total", f'http_requests_total{{status=~"{first}.."}}',
                by=("endpoint",), labels={"error_type": kind})
          for first, kind in (("4", "client_error"), ("5", "server_error"))),
    ],
    objectives=[
        Objective("api_answers", 'http_requests_total{status!~"5.."}', "http_requests_total",
                  0.995),
    ],
    alerts=[
        Alert("HighAPILatency",
              f"histogram_quantile(\n  0.95,\n  sum by (le, {_WHO})"
              f" (rate({_DURATION}_bucket[5m]))\n)\n> 2",
              "warning",
              "{{ $labels.service_name }}: one request in twenty takes over"
              " {{ $value | humanizeDuration }}",
              runbook="HighResponseTime"),
        Alert("HighErrorRate",
              f'sum by ({_WHO}) (rate(http_requests_total{{status=~"[45].."}}[5m])) > 0.1',
              "critical",
              "{{ $labels.service_name }} answers {{ $value | humanize }} requests a second with"
              " an error", for_="2m"),
        Alert("WarehouseCapacityHigh",
              "max by (service_namespace, deployment_environment_name, warehouse)"
              " (primepre_warehouse_utilization_percent) > 90",
              "warning",
              "{{ $value | humanize }}% of the goods in {{ $labels.warehouse }} wait",
              for_="10m"),
        # Half as much again as in the last three days, and more than their hours differ by.
        Alert("GoodsReceivedUnusual",
              f"abs(\n  {_HOURLY}\n  - avg_over_time({_HOURLY}[1d:1h])\n)\n"
              f"> 0.5 * avg_over_time({_HOURLY}[1d:1h])\n"
              f"  + 3 * stddev_over_time({_HOURLY}[1d:1h])",
              "warning",
              "Each second {{ $value | humanize }} goods more or fewer come in than usual",
              for_="30m"),
    ],
    dashboards=[BUSINESS],
)  # fmt: skip
"""Everything declared above, the names that people's dashboards know, and who is told of what."""
