"""The alerts of a laboratory, with the thresholds that its people chose."""

from typing import Final

from labotel.events.catalog import Alert
from labotel.events.who import SERVICE_LABELS

ALERTS: Final = (
    Alert(
        "HighErrorRate",
        f'sum by ({SERVICE_LABELS}) (rate(http_requests_total{{status=~"5.."}}[5m]))\n'
        f"/\nsum by ({SERVICE_LABELS}) (rate(http_requests_total[5m]))\n> 0.05",
        "critical",
        "{{ $labels.service_name }} answers {{ $value | humanizePercentage }} of requests with 5xx",
    ),
    Alert(
        "HighResponseTime",
        f"histogram_quantile(\n  0.95,\n  sum by (le, {SERVICE_LABELS})"
        " (rate(http_request_duration_seconds_bucket[5m]))\n)\n> 2",
        "warning",
        "{{ $labels.service_name }}: one request in twenty takes over"
        " {{ $value | humanizeDuration }}",
    ),
    Alert(
        "CeleryTaskFailures",
        f'sum by ({SERVICE_LABELS}) (rate(celery_tasks_total{{status="failure"}}[5m])) > 0.1',
        "warning",
        "{{ $labels.service_name }}: {{ $value | humanize }} tasks fail each second",
    ),
    Alert(
        "EmailDeliveryFailures",
        f'sum by ({SERVICE_LABELS}) (rate(emails_sent_total{{status="failure"}}[5m])) > 0.05',
        "warning",
        "{{ $labels.service_name }}: {{ $value | humanize }} e-mails fail each second",
    ),
    Alert(
        "DatabaseConnectionsHigh",
        "sum by (service_namespace, deployment_environment_name, database)"
        " (database_connections_current) > 15",
        "warning",
        "{{ $labels.service_namespace }} has {{ $value }} connections to the database"
        " {{ $labels.database }}",
    ),
    Alert(
        "DiskSpaceLow",
        'disk_available_bytes{mountpoint="/"} / disk_size_bytes{mountpoint="/"} < 0.1',
        "critical",
        "The root file system has {{ $value | humanizePercentage }} left",
    ),
    Alert(
        "MemoryUsageHigh",
        'memory_usage_bytes{type="used"} / ignoring (type) memory_usage_bytes{type="total"} > 0.9',
        "warning",
        "{{ $value | humanizePercentage }} of the memory is used",
    ),
)
