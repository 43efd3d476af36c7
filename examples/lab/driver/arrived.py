"""What the receiver was sent, compared with what happened: the metrics and the log records."""

from collections import Counter

from driver.tally import Labels, Tally
from labotel.viewer.model import Point, label_text
from labotel.viewer.store import Store

# Each event makes one log record, and counts once in its metric.
LOGGED = {
    "lab.protocol.created": "protocols_created_total",
    "lab.protocol.submitted": "protocols_submitted_total",
    "lab.protocol.received": "protocols_received_total",
    "lab.protocol.status_changed": "protocol_status_changes_total",
    "lab.protocol.completed": "protocols_processing_duration_seconds",
    "lab.report.created": "reports_created_total",
    "lab.report.finalized": "reports_finalized_total",
    "lab.report.rendered": "report_pdf_generation_duration_seconds",
    "lab.email.sent": "emails_sent_total",
}


def differences(store: Store, tally: Tally) -> list[str]:
    """Return a line for each number that is not what happened."""
    lines = []
    for metric in tally.metrics():
        lines += tally.differences(metric, arrived(store, metric, tally.labels(metric)))
    records = Counter(record.event_name for record in store.logs)
    for event, metric in LOGGED.items():
        if records[event] != tally.total(metric):
            happened = f"{tally.total(metric)} happened, {records[event]} arrived"
            lines.append(f"log records {event}: {happened}")
    return lines


def arrived(store: Store, metric: str, by: frozenset[str]) -> dict[Labels, float]:
    """Return a metric's numbers over all processes, by the given labels; zeros are left out."""
    groups: dict[Labels, list[Point]] = {}
    for point in store.totals:
        if point.name == metric:
            pairs = ((name, label_text(value)) for name, value in point.attributes.items())
            groups.setdefault(frozenset(pair for pair in pairs if pair[0] in by), []).append(point)
    return {labels: value for labels, points in groups.items() if (value := _number(points))}


def _number(points: list[Point]) -> float:
    """Return what several processes say together."""
    if points[0].kind == "gauge":
        # A gauge of the whole service is read by one process at a time: the last reading counts.
        return max(points, key=lambda point: point.time_ns).value or 0
    return sum(point.count if point.kind == "histogram" else point.value or 0 for point in points)
