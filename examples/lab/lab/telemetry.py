"""What the laboratory may say: its events, and the metrics that come from them."""

from datetime import timedelta
from typing import Annotated

from laboratory.words import (
    AnalysisType,
    Complexity,
    EmailStatus,
    EmailType,
    ProtocolStatus,
    RecipientType,
    ReportSize,
    ReportType,
    SampleCondition,
    Species,
)
from labotel import (
    HOURS_TO_DAYS,
    MEASURED,
    MILLISECONDS,
    Catalog,
    Counter,
    Event,
    Gauge,
    Histogram,
    Outcome,
    Personal,
    Unbounded,
)


class ProtocolCreated(
    Event,
    name="lab.protocol.created",
    instruments=(Counter("protocols_created_total", by=("species", "analysis_type")),),
):
    """A veterinarian opened a protocol."""

    species: Species
    analysis_type: AnalysisType
    veterinarian: Personal[str]
    protocol_id: Unbounded[int]


class ProtocolSubmitted(
    Event,
    name="lab.protocol.submitted",
    instruments=(Counter("protocols_submitted_total", by=("species", "analysis_type")),),
):
    """A veterinarian sent a protocol's sample to the laboratory."""

    species: Species
    analysis_type: AnalysisType
    veterinarian: Personal[str]
    protocol_id: Unbounded[int]


class ProtocolReceived(
    Event,
    name="lab.protocol.received",
    instruments=(Counter("protocols_received_total", by=("sample_condition",)),),
):
    """The laboratory's staff took in a protocol's sample."""

    sample_condition: SampleCondition
    received_by: Personal[str]
    protocol_id: Unbounded[int]


class ProtocolStatusChanged(
    Event,
    name="lab.protocol.status_changed",
    instruments=(Counter("protocol_status_changes_total", by=("from_status", "to_status")),),
):
    """A protocol went from one status to the next."""

    from_status: ProtocolStatus
    to_status: ProtocolStatus
    changed_by: Personal[str]
    protocol_id: Unbounded[int]


class ProtocolCompleted(Event, name="lab.protocol.completed"):
    """A protocol's report was sent; `duration` is from submission, on the laboratory's clock."""

    species: Species
    analysis_type: AnalysisType
    veterinarian: Personal[str]
    protocol_id: Unbounded[int]
    duration: Annotated[
        timedelta,
        Histogram(
            "protocols_processing_duration_seconds",
            by=("species", "analysis_type"),
            buckets=HOURS_TO_DAYS,
        ),
    ]


class ReportCreated(
    Event,
    name="lab.report.created",
    instruments=(Counter("reports_created_total", by=("report_type",)),),
):
    """A histopathologist began a report."""

    report_type: ReportType
    histopathologist: Personal[str]
    report_id: Unbounded[int]


class ReportFinalized(
    Event,
    name="lab.report.finalized",
    instruments=(Counter("reports_finalized_total", by=("complexity",)),),
):
    """A histopathologist signed a report; it can no longer be changed."""

    complexity: Complexity
    histopathologist: Personal[str]
    report_id: Unbounded[int]


class ReportRendered(Event, name="lab.report.rendered"):
    """A report became a PDF."""

    report_size: ReportSize
    report_id: Unbounded[int]
    pages: Unbounded[int | None] = MEASURED
    outcome: Outcome = MEASURED
    duration: Annotated[
        timedelta,
        Histogram(
            "report_pdf_generation_duration_seconds", by=("report_size",), buckets=MILLISECONDS
        ),
    ] = MEASURED


class EmailSent(
    Event,
    name="lab.email.sent",
    instruments=(Counter("emails_sent_total", by=("email_type", "status", "recipient_type")),),
):
    """An attempt to send an e-mail came to an end."""

    email_type: EmailType
    status: EmailStatus
    recipient_type: RecipientType
    recipient: Personal[str]
    report_id: Unbounded[int]


PROTOCOLS_BY_STATUS = Gauge(
    "protocols_by_status_current", by={"status": ProtocolStatus}, scope="service"
)

catalog = Catalog(
    "lab",
    events=[
        ProtocolCreated,
        ProtocolSubmitted,
        ProtocolReceived,
        ProtocolStatusChanged,
        ProtocolCompleted,
        ReportCreated,
        ReportFinalized,
        ReportRendered,
        EmailSent,
    ],
    gauges=[PROTOCOLS_BY_STATUS],
)
