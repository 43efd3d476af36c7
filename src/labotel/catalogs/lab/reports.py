"""Reports: what a histopathologist finds, from the first line to the reader's judgement."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from labotel.events.buckets import MILLISECONDS
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import MEASURED, Outcome, Personal, Unbounded

WRITING: Final = (
    900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 86400.0, 172800.0, 259200.0, 604800.0,
)  # fmt: skip
"""A quarter of an hour to a week, in seconds: from a report's first line to its signature."""


class ReportStatus(StrEnum):
    """How far a report has come."""

    DRAFT = "draft"
    FINALIZED = "finalized"
    SENT = "sent"


class ReportType(StrEnum):
    """What kind of report it is."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"


class Complexity(StrEnum):
    """How hard a case is, in the histopathologist's judgement."""

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"


class DeliveryMethod(StrEnum):
    """How a report reaches the veterinarian."""

    EMAIL = "email"
    PORTAL = "portal"


class ReportSize(StrEnum):
    """How many pages a report has: one, up to three, or more."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"

    @classmethod
    def of(cls, pages: int) -> "ReportSize":
        """Return the size of a report of so many pages."""
        if pages <= 1:
            return cls.SMALL
        return cls.MEDIUM if pages <= 3 else cls.LARGE


class CassetteCount(StrEnum):
    """How many cassettes a report rests on, in classes: a number itself has no bound."""

    NONE = "none"
    ONE = "1"
    FEW = "2-5"
    SEVERAL = "6-10"
    MANY = "over 10"

    @classmethod
    def of(cls, cassettes: int) -> "CassetteCount":
        """Return the class of so many cassettes."""
        for most, found in ((0, cls.NONE), (1, cls.ONE), (5, cls.FEW), (10, cls.SEVERAL)):
            if cassettes <= most:
                return found
        return cls.MANY


class ReportCreated(
    Event,
    name="lab.report.created",
    instruments=(Counter("reports_created_total", by=("report_type",)),),
    body="report {report_id} begun on protocol {protocol_id}",
):
    """A histopathologist began a report."""

    report_type: ReportType
    histopathologist: Personal[str]
    report_id: Unbounded[int]
    protocol_id: Unbounded[int]


class ReportFinalized(
    Event,
    name="lab.report.finalized",
    instruments=(Counter("reports_finalized_total", by=("complexity",)),),
    body="report {report_id} finalized after {revisions} revisions",
):
    """A histopathologist signed a report, which then no longer changes.

    `duration` is from the report's first line, `revisions` how often it was rewritten until then.
    """

    complexity: Complexity
    report_type: ReportType
    histopathologist: Personal[str]
    report_id: Unbounded[int]
    cassette_count: Unbounded[int]
    cassette_count_bucket: CassetteCount
    duration: Annotated[
        timedelta,
        Histogram(
            "report_generation_duration_seconds",
            by=("report_type", "cassette_count_bucket"),
            buckets=WRITING,
        ),
    ]
    revisions: Annotated[
        int, Histogram("report_revision_count", by=(), buckets=(0, 1, 2, 3, 5, 8, 13))
    ]


class ReportRendered(Event, name="lab.report.rendered", body="report {report_id} rendered"):
    """A report became a PDF, or failed to."""

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


class ReportSent(
    Event,
    name="lab.report.sent",
    instruments=(Counter("reports_sent_total", by=("delivery_method",)),),
    body="report {report_id} sent by {delivery_method}",
):
    """A report reached its veterinarian."""

    delivery_method: DeliveryMethod
    histopathologist: Personal[str]
    report_id: Unbounded[int]


class ReportReviewed(Event, name="lab.report.reviewed", body="report {report_id} reviewed"):
    """A second histopathologist read a report blind; `accuracy`, 0 to 1: how far they agree."""

    histopathologist: Personal[str]
    report_id: Unbounded[int]
    accuracy: Annotated[
        float,
        Histogram(
            "report_accuracy_score", by=(), buckets=(0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 1.0)
        ),
    ]


class ReportRated(Event, name="lab.report.rated", body="report {report_id} rated {rating} of 5"):
    """A veterinarian rated a report, 1 to 5."""

    histopathologist: Personal[str]
    report_id: Unbounded[int]
    rating: Annotated[int, Histogram("report_feedback_rating", by=(), buckets=(1, 2, 3, 4, 5))]


EVENTS: Final = (
    ReportCreated, ReportFinalized, ReportRendered, ReportSent, ReportReviewed, ReportRated,
)  # fmt: skip
