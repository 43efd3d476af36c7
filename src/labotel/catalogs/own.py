"""The metrics that labotel has of itself."""

from dataclasses import dataclass
from typing import Final

from labotel.events.instruments import Kind


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
