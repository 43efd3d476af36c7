"""What the web analytics may say, the names that dashboards know already, and what is drawn."""

from typing import Annotated, Literal

from labotel import (
    SECONDS,
    Alert,
    Alias,
    Catalog,
    Counter,
    Event,
    Histogram,
    Limited,
    Personal,
    Unbounded,
)
from labotel.events.panels import Dashboard, Panel, Query, Row

Source = Literal["direct", "search", "social", "referral"]
Category = Literal["navigation", "form", "download", "media", "other"]
Action = Literal["read", "open", "send", "start", "stop", "other"]
"""Strangers say these: what is not among them is counted as other."""
Service = Literal["ssh", "http", "https", "postgresql", "redis", "other"]


class VisitorCame(
    Event,
    name="web.visitor.came",
    instruments=(Counter("django_analytics_visitors_total", by=("source",)),),
):
    """Somebody came for the first time on a day."""

    source: Source
    visitor: Personal[str]


class SessionBegun(
    Event,
    name="web.session.begun",
    instruments=(Counter("django_analytics_sessions_total", by=()),),
):
    """A visitor came, or came back after half an hour."""

    session: Unbounded[str]


class PageViewed(
    Event,
    name="web.page.viewed",
    instruments=(Counter("django_analytics_pageviews_total", by=()),),
):
    """A page was shown to a visitor."""

    visitor: Personal[str]
    page: Unbounded[str]


class EventSeen(
    Event,
    name="web.event.seen",
    instruments=(Counter("django_analytics_events_total", by=("category", "action")),),
):
    """A visitor did something on a page."""

    category: Category
    action: Action
    visitor: Personal[str]


class PortScanned(
    Event,
    name="web.port.scanned",
    instruments=(Counter("django_port_scan_results_total", by=("port", "service", "status")),),
):
    """A port was tried: it took a connection, refused it, or did not answer."""

    port: Annotated[str, Limited(50)]
    service: Service
    status: Literal["open", "closed", "filtered"]
    host: Unbounded[str]


class HostScanned(Event, name="web.host.scanned"):
    """All ports of a host were tried."""

    host: Unbounded[str]
    found: Unbounded[int]
    duration: Annotated[
        float, Histogram("django_port_scan_duration_seconds", by=(), buckets=SECONDS)
    ]


_WHO = "job, service_name, service_namespace, deployment_environment_name"
_DURATION = "http_request_duration_seconds"
_QUERIES = "database_query_duration_seconds"
_GETS = 'cache_operations_total{operation="get"'

ALIASES = (
    Alias("django_http_requests_total", "http_requests_total", by=("method", "endpoint", "status")),
    Alias("django_http_request_duration_seconds", _DURATION, by=("method", "endpoint")),
    Alias("django_http_requests_in_progress", "http_requests_in_progress",
          by=("method", "endpoint")),
    *(Alias(f"django_db_connections_{state}", f'database_connections_current{{state="{state}"}}')
      for state in ("active", "idle")),
    Alias("django_db_query_duration_seconds", _QUERIES,
          by={"database": "database", "operation": "query_type"}),
    Alias("django_cache_hits_total", f'{_GETS},result="hit"}}'),
    Alias("django_cache_misses_total", f'{_GETS},result="miss"}}'),
    Alias("django_cache_operations_total", "cache_operations_total", by=("operation",)),
    Alias("django_app_info", "app_info", by=("version", "environment")),
    Alias("django_redis_connections_active",
          'redis_client_connections_current{state="active"}'),
    Alias("django_redis_operations_total", "redis_client_operations_total", by=("operation",)),
)  # fmt: skip

ALERTS = (
    Alert("SlowResponses",
          f"histogram_quantile(\n  0.95,\n  sum by (le, {_WHO}) (rate({_DURATION}_bucket[5m]))\n)"
          "\n> 2",
          "warning",
          "{{ $labels.service_name }}: one request in twenty takes over"
          " {{ $value | humanizeDuration }}", runbook="HighResponseTime"),
    Alert("HighErrorRate",
          f'sum by ({_WHO}) (rate(http_requests_total{{status=~"5.."}}[5m]))\n/\n'
          f"sum by ({_WHO}) (rate(http_requests_total[5m]))\n> 0.05",
          "warning",
          "{{ $labels.service_name }} answers {{ $value | humanizePercentage }} of requests with"
          " 5xx"),
    Alert("HighCpuUsage", "avg without (core) (cpu_usage_percent) > 80", "warning",
          "The processors are busy for {{ $value | humanize }}% of the time"),
    Alert("HighMemoryUsage",
          'memory_usage_bytes{type="used"} / ignoring (type) memory_usage_bytes{type="total"}'
          " > 0.85",
          "warning", "{{ $value | humanizePercentage }} of the memory is used",
          runbook="MemoryUsageHigh"),
    Alert("HighDiskUsage",
          "1 - disk_available_bytes / disk_size_bytes > 0.9",
          "warning", "{{ $labels.mountpoint }} is full to {{ $value | humanizePercentage }}",
          runbook="DiskSpaceLow"),
)  # fmt: skip

_P95 = f"histogram_quantile(0.95, sum by (le) (rate({_DURATION}_bucket[$__rate_interval])))"
_ERRORS = 'sum by (status) (rate(http_requests_total{status=~"[45].."}[$__rate_interval]))'
_OPEN = 'django_port_scan_results_total{status="open"}'

REQUESTS = Panel("Requests", Query("sum by (method) (rate(http_requests_total[$__rate_interval]))",
                                   "{{method}}"), unit="reqps")  # fmt: skip
LATENCY = Panel("Latency", Query(_P95, "p95"), unit="s")
ERRORS = Panel("Errors", Query(_ERRORS, "{{status}}"), unit="reqps")
DATABASE = Panel("Database", (
    Query(f"sum by (query_type) (rate({_QUERIES}_count[$__rate_interval]))", "{{query_type}}"),
), unit="ops")  # fmt: skip
CONNECTIONS = Panel("Database connections", Query(
    "sum by (state) (database_connections_current)", "{{state}}"))  # fmt: skip
CACHE = Panel("Cache", Query(
    "sum by (operation, result) (rate(cache_operations_total[$__rate_interval]))",
    "{{operation}} {{result}}"), unit="ops")  # fmt: skip
ANALYTICS = Panel("Analytics", (
    Query("sum(increase(django_analytics_visitors_total[$__range] anchored))", "visitors"),
    Query("sum(increase(django_analytics_sessions_total[$__range] anchored))", "sessions"),
    Query("sum(increase(django_analytics_pageviews_total[$__range] anchored))", "page views"),
    Query("sum(increase(django_analytics_events_total[$__range] anchored))", "events"),
), "stat")  # fmt: skip
SCANS = Panel("Port scans", Query(
    "sum by (status) (increase(django_port_scan_results_total[$__range] anchored))",
    "{{status}}"), "piechart")  # fmt: skip
FOUND = Panel("Open ports", Query(
    f"100 * sum(increase({_OPEN}[$__range] anchored))"
    " / (sum(increase(django_port_scan_results_total[$__range] anchored)) > 0)", "open"),
    "stat", "percent", empty="nothing was scanned")  # fmt: skip
RESOURCES = Panel("System resources", (
    Query("avg(cpu_usage_percent)", "processors"),
    Query('100 * max(memory_usage_bytes{type="used"}) / max(memory_usage_bytes{type="total"})',
          "memory"),
    Query("100 - 100 * min(disk_available_bytes / disk_size_bytes)", "disk"),
), unit="percent")  # fmt: skip

catalog = Catalog(
    "web",
    events=[VisitorCame, SessionBegun, PageViewed, EventSeen, PortScanned, HostScanned],
    aliases=ALIASES,
    alerts=ALERTS,
    dashboards=[
        Dashboard("System overview", (REQUESTS, LATENCY, ERRORS, RESOURCES)),
        Dashboard("Django", (REQUESTS, LATENCY, ERRORS, DATABASE, CONNECTIONS, CACHE)),
        Dashboard("Comprehensive", (
            Row("The site"), REQUESTS, LATENCY, ERRORS, DATABASE, CONNECTIONS, CACHE,
            Row("Its visitors"), ANALYTICS,
            Row("Port scans"), SCANS, FOUND,
            Row("The machine"), RESOURCES,
        )),
    ],
)  # fmt: skip
"""Everything declared above."""
