"""What the receiver was sent, compared with what happened: the metrics and the log records."""

from collections import Counter, defaultdict

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
    "lab.sample.processed": "samples_processed_total",
    "lab.sample.issue_found": "sample_quality_issues_total",
    "lab.report.created": "reports_created_total",
    "lab.report.finalized": "reports_finalized_total",
    "lab.report.rendered": "report_pdf_generation_duration_seconds",
    "lab.report.sent": "reports_sent_total",
    "lab.email.sent": "emails_sent_total",
    "lab.work_order.completed": "work_orders_completed_total",
    "lab.user.session_started": "user_sessions_total",
    "lab.security.event": "security_events_total",
    "lab.compliance.data_accessed": "data_access_audit_total",
}


def differences(store: Store, tally: Tally) -> list[str]:
    """Return a line for each number that is not what happened."""
    lines = []
    points = _by_metric(store)
    for metric in tally.metrics():
        lines += tally.differences(metric, _added(points[metric], tally.labels(metric)))
    for metric in tally.summed():
        by = tally.sum_labels(metric)
        sums = {labels: sum(p.sum for p in g) for labels, g in _groups(points[metric], by).items()}
        lines += tally.sum_differences(metric, sums)
    records = Counter(record.event_name for record in store.logs)
    for event, metric in LOGGED.items():
        if records[event] != tally.total(metric):
            numbers = f"{tally.total(metric)} happened, {records[event]} arrived"
            lines.append(f"log records {event}: {numbers}")
    return lines


def _by_metric(store: Store) -> defaultdict[str, list[Point]]:
    """Return all points of all processes by the name of their metric."""
    points: defaultdict[str, list[Point]] = defaultdict(list)
    for point in store.totals:
        points[point.name].append(point)
    return points


def _added(points: list[Point], by: frozenset[str]) -> dict[Labels, float]:
    """Return a metric's numbers over all processes, by the given labels; zeros are left out."""
    groups = _groups(points, by).items()
    return {labels: value for labels, group in groups if (value := _number(group))}


def _groups(points: list[Point], by: frozenset[str]) -> dict[Labels, list[Point]]:
    """Return a metric's points over all processes by the given labels."""
    groups: defaultdict[Labels, list[Point]] = defaultdict(list)
    for point in points:
        pairs = ((name, label_text(value)) for name, value in point.attributes.items())
        groups[frozenset(pair for pair in pairs if pair[0] in by)].append(point)
    return groups


def _number(points: list[Point]) -> float:
    """Return what several processes say together."""
    if points[0].kind == "gauge":
        # A gauge of the whole service is read by one process at a time: the last reading counts.
        return max(points, key=lambda point: point.time_ns).value or 0
    return sum(point.count if point.kind == "histogram" else point.value or 0 for point in points)
