"""The alerts of what applications stand on, and of the Collector that carries what they say."""

from typing import Final

from labotel.catalogs.foreign import lines
from labotel.events.catalog import Absence, Alert, Catalog

_READ: Final = (
    "postgresql_connection_max", "redis_uptime_seconds_total", "nginx_connections_current",
    "system_cpu_logical_count", "httpcheck_duration_milliseconds",
)  # fmt: skip
"""One series of each target that the Collector reads."""
_SENT: Final = ("log_records", "metric_points", "spans")
_ANSWERED: Final = "max by (service_name, instance, http_url) (httpcheck_status_code)"
_LEFT: Final = "min by (service_name, instance, http_url) (httpcheck_tls_cert_remaining_seconds)"
_DAY: Final = 86_400


def _refused(counter: str) -> str:
    """Return what a counter has grown by; one that begins has begun with the first refusal."""
    return (
        f"sum by (instance, exporter) ({counter} unless last_over_time({counter}[1h] offset 15m))"
        f" > 0\nor\nsum by (instance, exporter) (increase({counter}[15m])) > 0"
    )


catalog: Final = Catalog(
    "infrastructure",
    alerts=(
        Absence(
            "TargetAbsent",
            "\n  " + "\n  or\n  ".join(_READ) + "\n",
            "critical",
            "{{ $labels.service_name }} ({{ $labels.instance }}) has not been read for"
            " {{ $value | humanizeDuration }}: it does not answer, or the Collector does not ask",
            by=("service_name", "instance"),
        ),
        Alert(
            "CollectorDrops",
            "\nor\n".join(
                f"sum by (instance, exporter)"
                f" (increase(otelcol_exporter_send_failed_{what}_total[15m])) > 0"
                for what in _SENT
            ),
            "critical",
            "The Collector lost {{ $value | humanize }} of what {{ $labels.exporter }} was to take",
            for_="0m",
        ),
        Alert(
            "CollectorQueueFull",
            "\nor\n".join(
                _refused(f"otelcol_exporter_enqueue_failed_{what}_total") for what in _SENT
            ),
            "critical",
            "The Collector's queue for {{ $labels.exporter }} is full: it refused"
            " {{ $value | humanize }} of what came",
            for_="0m",
        ),
        Alert(
            "CollectorQueueFilling",
            "max by (instance, exporter, data_type) (otelcol_exporter_queue_size)\n/\n"
            "max by (instance, exporter, data_type) (otelcol_exporter_queue_capacity)\n> 0.5",
            "warning",
            "The Collector's queue for {{ $labels.exporter }} ({{ $labels.data_type }}) is"
            " {{ $value | humanizePercentage }} full",
        ),
        Alert(
            "PostgresqlConnectionsNearLimit",
            "sum by (instance) (postgresql_backends)\n/\n"
            "max by (instance) (postgresql_connection_max)\n> 0.8",
            "warning",
            "{{ $labels.instance }}: {{ $value | humanizePercentage }} of its connections are"
            " taken",
        ),
        Alert(
            "RedisRejectsConnections",
            "increase(redis_connections_rejected_total[5m]) > 0",
            "warning",
            "{{ $labels.instance }} refused {{ $value | humanize }} connections: its limit is"
            " reached",
            for_="0m",
        ),
        Alert(
            "PageDown",
            f"({_ANSWERED} < 200)\nor\n({_ANSWERED} >= 400)",
            "critical",
            "{{ $labels.http_url }} answers {{ if $value }}{{ $value }}{{ else }}nothing{{ end }},"
            " asked by {{ $labels.instance }}",
            for_="2m",
        ),
        # Two alerts and not two severities of one: Alertmanager would hold back the warning about
        # one URL while another's certificate is critical.
        Alert(
            "CertificateExpires",
            f"({_LEFT} < {14 * _DAY}) >= {3 * _DAY}",
            "warning",
            "The certificate of {{ $labels.http_url }} holds for {{ $value | humanizeDuration }}",
        ),
        Alert(
            "CertificateExpiresSoon",
            f"{_LEFT} < {3 * _DAY}",
            "critical",
            "The certificate of {{ $labels.http_url }} holds for {{ $value | humanizeDuration }},"
            " and then nobody gets in",
            runbook="CertificateExpires.md",
        ),
        *lines.ALERTS,
    ),
)
