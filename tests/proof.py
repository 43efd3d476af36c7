"""What must be true of the laboratory's metrics, on a page or in Prometheus: the rows and numbers.

The numbers are the driver's own; the rows are the specification's.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from metrics_page import Page
from specification import names, rows

if TYPE_CHECKING:
    from driver.tally import Tally

RULES = ("rule", "panel", "alias")
"""What comes from a recording rule or a panel, and from no process."""

AT_REST = {"celery_queue_length", "database_connections_current", "http_requests_in_progress"}
"""Gauges of what is going on: little is, when the day is over."""

DATABASE = frozenset({"database"})
"""The connection's alias belongs to no row's "exactly"."""

GAUGES = ("active_users_current", "file_storage_usage_bytes", "protocols_by_status_current",
          "work_order_payment_status_current")  # fmt: skip
COUNTED = (
    "average_turnaround_time_days", "celery_tasks_total", "client_complaints_total",
    "clients_retained_total", "compliance_violations_total", "data_access_audit_total",
    "email_delivery_duration_seconds", "email_sending_duration_seconds", "emails_opened_total",
    "emails_sent_total", "failed_login_attempts_total", "file_downloads_total",
    "file_uploads_total", "http_requests_total", "notification_responses_total",
    "notifications_sent_total", "password_resets_total", "protocol_age_days",
    "protocol_status_changes_total", "protocols_created_total",
    "protocols_processing_duration_seconds", "protocols_received_total",
    "protocols_submitted_total", "quality_control_passed_total", "report_accuracy_score",
    "report_feedback_rating", "report_generation_duration_seconds",
    "report_pdf_generation_duration_seconds", "report_revision_count", "reports_created_total",
    "reports_finalized_total", "reports_sent_total", "rework_required_total",
    "sample_processing_duration_seconds", "sample_quality_issues_total",
    "samples_processed_total", "security_events_total", "user_actions_total",
    "user_errors_total", "user_productivity_score", "user_satisfaction_score",
    "user_session_duration_seconds", "user_sessions_total", "work_order_average_value",
    "work_order_pdf_generation_duration_seconds", "work_order_processing_duration_seconds",
    "work_order_refunds_total", "work_order_revenue_total", "work_orders_completed_total",
    "work_orders_created_total",
)  # fmt: skip
MEASURED = ("report_accuracy_score", "report_feedback_rating", "report_revision_count",
            "user_satisfaction_score", "work_order_average_value")  # fmt: skip
"""What the driver knows the values of."""
BOUNDED = (
    "average_turnaround_time_days", "email_delivery_duration_seconds",
    "http_request_duration_seconds", "protocol_age_days", "protocols_processing_duration_seconds",
    "report_generation_duration_seconds", "sample_processing_duration_seconds",
    "user_productivity_score", "user_session_duration_seconds",
    "work_order_processing_duration_seconds",
)  # fmt: skip
"""What the driver knows the bounds of: when it asked, and when it was answered."""


def recorded() -> list[dict[str, str]]:
    """The laboratory's rows that a process records."""
    return [row for row in rows("S1") if not row["from"].startswith(RULES)]


def check_row(row: dict[str, str], page: Page) -> None:
    """A row is there by its type, with exactly its labels, and with something to say."""
    name = row["name"]
    assert name in page.families
    assert page.families[name].type == row["kind"]
    allowed = DATABASE if row["from"] == "database" else frozenset()
    listed = frozenset(names(row["labels"]))
    assert page.label_sets(name), f"{name} has a type and no sample"
    for found in page.label_sets(name):
        assert found - (allowed - listed) == listed
        assert not found & set(names(row["never_labels"]))
    if name not in AT_REST:
        assert any(sample.value for sample in page.samples(name))


def check_numbers(metric: str, page: Page, tally: "Tally") -> None:
    """A metric has the driver's numbers, by each label set that the driver tells apart."""
    assert tally.total(metric)
    differs = tally.differences(metric, page.numbers(metric, tally.labels(metric)))
    assert not differs, "\n".join(differs)


def check_sum(metric: str, page: Page, tally: "Tally") -> None:
    """What was measured adds up: ratings, revisions, money, and what people waited for."""
    sums = page.sums(metric, tally.sum_labels(metric))
    assert sums
    differs = tally.sum_differences(metric, sums)
    assert not differs, "\n".join(differs)


def differences(page: Page, tally: "Tally") -> Iterator[str]:
    """A line for each number and each sum that is not the driver's."""
    for metric in tally.metrics():
        yield from tally.differences(metric, page.numbers(metric, tally.labels(metric)))
    for metric in tally.summed():
        yield from tally.sum_differences(metric, page.sums(metric, tally.sum_labels(metric)))
