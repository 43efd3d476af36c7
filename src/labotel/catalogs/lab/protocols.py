"""Protocols: a veterinarian's case, from its draft to its completion."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from labotel.catalogs.lab.words import AnalysisType, Species
from labotel.events.buckets import HOURS_TO_DAYS
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Personal, Unbounded

DAYS: Final = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 14.0, 21.0, 30.0)
"""Six hours to thirty days, in days."""


class ProtocolStatus(StrEnum):
    """How far a protocol has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RECEIVED = "received"
    PROCESSING = "processing"
    COMPLETED = "completed"


class SampleCondition(StrEnum):
    """How a protocol's samples arrive."""

    GOOD = "good"
    AUTOLYZED = "autolyzed"
    HEMOLYZED = "hemolyzed"
    INSUFFICIENT = "insufficient"
    DAMAGED = "damaged"


class ProtocolCreated(
    Event,
    name="lab.protocol.created",
    instruments=(Counter("protocols_created_total", by=("species", "analysis_type")),),
    body="protocol {protocol_id} created: {species}, {analysis_type}",
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
    body="protocol {protocol_id} submitted",
):
    """A veterinarian sent a protocol's samples to the laboratory."""

    species: Species
    analysis_type: AnalysisType
    veterinarian: Personal[str]
    protocol_id: Unbounded[int]


class ProtocolReceived(
    Event,
    name="lab.protocol.received",
    instruments=(Counter("protocols_received_total", by=("sample_condition",)),),
    body="protocol {protocol_id} received, samples {sample_condition}",
):
    """The staff took a protocol's samples in."""

    sample_condition: SampleCondition
    received_by: Personal[str]
    protocol_id: Unbounded[int]


class ProtocolStatusChanged(
    Event,
    name="lab.protocol.status_changed",
    instruments=(Counter("protocol_status_changes_total", by=("from_status", "to_status")),),
    body="protocol {protocol_id} went from {from_status} to {to_status}",
):
    """A protocol was saved with another status; `age` is how long it stood in the one it left.

    `changed_by` is the user of the request or of the request that caused the task, or ``system``.
    """

    from_status: ProtocolStatus
    to_status: ProtocolStatus
    changed_by: Personal[str]
    protocol_id: Unbounded[int]
    age: Annotated[
        timedelta, Histogram("protocol_age_days", by={"status": "from_status"}, buckets=DAYS)
    ]


class ProtocolCompleted(
    Event, name="lab.protocol.completed", body="protocol {protocol_id} completed"
):
    """A protocol's report was sent; `duration` is from the protocol's submission."""

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
        Histogram("average_turnaround_time_days", by=("analysis_type",), buckets=DAYS),
    ]


PROTOCOLS_BY_STATUS: Final = Gauge(
    "protocols_by_status_current",
    by={"status": ProtocolStatus},
    description="Protocols in each status.",
)

EVENTS: Final = (
    ProtocolCreated, ProtocolSubmitted, ProtocolReceived, ProtocolStatusChanged, ProtocolCompleted,
)  # fmt: skip
GAUGES: Final = (PROTOCOLS_BY_STATUS,)
