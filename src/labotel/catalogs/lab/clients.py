"""Clients: who stays, and what they complain of."""

from enum import StrEnum
from typing import Final

from labotel.catalogs.lab.words import Severity
from labotel.events.catalog import Ratio
from labotel.events.event import Event
from labotel.events.instruments import Counter
from labotel.events.marks import Personal, Unbounded


class RetentionResult(StrEnum):
    """Whether a client of the period before sent something in this one."""

    RETAINED = "retained"
    LOST = "lost"


class ComplaintType(StrEnum):
    """What a client complains of."""

    DELAY = "delay"
    RESULT = "result"
    BILLING = "billing"
    COMMUNICATION = "communication"


class ClientReviewed(
    Event,
    name="lab.client.reviewed",
    instruments=(Counter("clients_retained_total", by=("result",)),),
    body="client {result}",
):
    """A client of the period before was looked for in this one (once a period and client)."""

    result: RetentionResult
    client: Personal[str]


class ClientComplained(
    Event,
    name="lab.client.complained",
    instruments=(Counter("client_complaints_total", by=("complaint_type", "severity")),),
    severity="WARN",
    body="complaint {complaint_id}: {complaint_type} ({severity})",
):
    """A client complained; the complaint's text stays inside."""

    complaint_type: ComplaintType
    severity: Severity
    client: Personal[str]
    complaint_id: Unbounded[int]


EVENTS: Final = (ClientReviewed, ClientComplained)
RATIOS: Final = (
    Ratio(
        "client_retention_rate",
        'clients_retained_total{result="retained"}',
        "clients_retained_total",
    ),
)
