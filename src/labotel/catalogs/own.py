"""The metrics that labotel has of itself."""

from dataclasses import dataclass
from typing import Final

from labotel.events.catalog import Absence, Alert, Catalog
from labotel.events.instruments import Kind
from labotel.events.who import SERVICE, SERVICE_LABELS

_DEPLOYMENT: Final = "service_namespace, deployment_environment_name"


@dataclass(frozen=True)
class Own:
    """One self-metric."""

    labels: tuple[str, ...]
    description: str
    kind: Kind = "counter"
    bounds: tuple[float, ...] = ()


SELF: Final[dict[str, Own]] = {
    "labotel_events_emitted_total": Own((), "Events taken in by emit."),
    "labotel_events_rejected_total": Own(("event",), "Events with a wrong or missing field."),
    "labotel_values_replaced_total": Own(
        ("metric_label", "reason"),
        "Label values replaced: outside their type (value), past a cap (limit), personal.",
    ),
    "labotel_measurements_refused_total": Own(
        ("metric",), "Values that no instrument can take."
    ),
    "labotel_series_overflow_total": Own(
        ("metric",), "Events counted in a metric's overflow series."
    ),
    "labotel_queued": Own(
        ("signal",), "Events, spans and log records that wait in memory.", "gauge"
    ),
    "labotel_disk_queue_bytes": Own((), "Bytes that wait on disk to be sent.", "gauge"),
    "labotel_dropped_total": Own(("signal", "reason"), "Spans and log records that were lost."),
    "labotel_exported_total": Own(
        ("signal",), "Spans, log records and points a receiver took."
    ),
    "labotel_export_failures_total": Own(
        ("signal", "reason"), "Requests that a receiver refused."
    ),
    "labotel_export_duration_seconds": Own(
        ("signal",), "How long a request and its answer took.", "histogram",
        (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    ),
    "labotel_last_export_timestamp_seconds": Own(
        ("signal",), "When a receiver last took a request, in s since 1970.", "gauge"
    ),
    "labotel_faults_total": Own(
        ("where",), "Faults of labotel's own, kept from the application."
    ),
}  # fmt: skip

catalog: Final = Catalog(
    "labotel",
    alerts=(
        Absence(
            "ServiceDown",
            "rate(http_requests_total[5m]) > 0",
            "critical",
            "{{ $labels.service_name }} sends nothing, and answered requests within the last week",
            for_="1m",
            by=SERVICE,
            # One that nobody asks is there: another process of its namespace may count on for it.
            here='labotel_last_export_timestamp_seconds{signal="metrics"}',
        ),
        Alert(
            "TelemetryAbsent",
            # By deployment; and where nothing was ever heard of, or nobody served in a week.
            f"group by ({_DEPLOYMENT}) (seen:service_down:timestamp_seconds)\nunless\n"
            f"group by ({_DEPLOYMENT}) (labotel_last_export_timestamp_seconds)\nor\n"
            "absent(labotel_last_export_timestamp_seconds)"
            " unless on () seen:service_down:timestamp_seconds",
            "critical",
            "No application{{ with $labels.service_namespace }} of {{ . }}{{ end }}"
            "{{ with $labels.deployment_environment_name }} in {{ . }}{{ end }} sends anything:"
            " nothing of what follows from its metrics can be trusted",
            # Before ServiceDown, which it holds back; and not at once, at Prometheus's start.
            for_="30s",
        ),
        Alert(
            "TelemetryLate",
            f"max by ({SERVICE_LABELS}, signal) (\n"
            '  (time() - labotel_last_export_timestamp_seconds{signal=~"logs|traces"} > 600)\n'
            '  and\n  (labotel_queued{signal=~"logs|traces"} > 0)\n)',
            "warning",
            "{{ $labels.service_name }}: its {{ $labels.signal }} were last taken"
            " {{ $value | humanizeDuration }} ago, and more wait",
        ),
        Alert(
            "TelemetryDropped",
            f"sum by ({SERVICE_LABELS}, signal, reason) (increase(labotel_dropped_total[15m])) > 0",
            "warning",
            "{{ $labels.service_name }} lost {{ $value | humanize }} of its {{ $labels.signal }}"
            " ({{ $labels.reason }})",
            for_="0m",
        ),
        Alert(
            "TelemetryQueueGrowing",
            f"max by ({SERVICE_LABELS}) (labotel_disk_queue_bytes) > 1e6\nand\n"
            f"max by ({SERVICE_LABELS}) (deriv(labotel_disk_queue_bytes[15m])) >= 0",
            "warning",
            "{{ $labels.service_name }}: {{ $value | humanize1024 }}B wait on disk to be sent, and"
            " it becomes no less",
            for_="10m",
        ),
        Alert(
            "EventsRejected",
            f"sum by ({SERVICE_LABELS}, event) (increase(labotel_events_rejected_total[15m])) > 0",
            "warning",
            "{{ $labels.service_name }}: {{ $value | humanize }} {{ $labels.event }} had a wrong or"
            " missing field, and are not counted",
            for_="0m",
        ),
        Alert(
            "SeriesOverflow",
            f"sum by ({SERVICE_LABELS}, metric) (increase(labotel_series_overflow_total[15m])) > 0",
            "warning",
            "{{ $labels.service_name }}: {{ $labels.metric }} has more label sets than its limit",
            for_="0m",
        ),
        Alert(
            "LabotelFault",
            f"sum by ({SERVICE_LABELS}, where) (increase(labotel_faults_total[15m])) > 0",
            "warning",
            "{{ $labels.service_name }}: labotel had {{ $value | humanize }} faults"
            " ({{ $labels.where }})",
            for_="0m",
        ),
    ),
)
