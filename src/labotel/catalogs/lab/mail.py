"""E-mails and notices: sent, delivered, opened, answered."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from labotel.catalogs.lab.words import SizeCategory, UserType
from labotel.events.buckets import SECONDS
from labotel.events.catalog import Ratio
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import Personal, Unbounded

DELIVERY: Final = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 14400.0, 43200.0, 86400.0)
"""A second to a day: greylisting and retries included."""


class EmailType(StrEnum):
    """What an e-mail is for."""

    REPORT = "report"
    SAMPLE_RECEIVED = "sample_received"
    INVOICE = "invoice"
    PASSWORD_RESET = "password_reset"  # noqa: S105  # the type's name


class EmailStatus(StrEnum):
    """How an attempt to send an e-mail ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    BOUNCED = "bounced"


class NotificationType(StrEnum):
    """What a notice is about."""

    SAMPLE_RECEIVED = "sample_received"
    REPORT_READY = "report_ready"
    MORE_MATERIAL = "more_material"
    PAYMENT_DUE = "payment_due"


class Channel(StrEnum):
    """Where a notice appears."""

    PORTAL = "portal"
    EMAIL = "email"


class EmailSent(
    Event,
    name="lab.email.sent",
    instruments=(Counter("emails_sent_total", by=("email_type", "status", "recipient_type")),),
    body="e-mail ({email_type}) to a {recipient_type}: {status}",
):
    """An attempt to send an e-mail ended: each attempt counts once.

    ``success``: the recipient's server took it; ``failure``: it may be tried again; ``bounced``:
    it was refused for good. `duration` is that of the attempt.
    """

    email_type: EmailType
    status: EmailStatus
    recipient_type: UserType
    recipient: Personal[str]
    duration: Annotated[
        timedelta,
        Histogram("email_sending_duration_seconds", by=("email_type",), buckets=SECONDS),
    ]


class EmailDelivered(Event, name="lab.email.delivered", log=False):
    """An e-mail was taken by its recipient's server; `duration` is since it was first wanted."""

    email_type: EmailType
    size_category: SizeCategory
    duration: Annotated[
        timedelta,
        Histogram(
            "email_delivery_duration_seconds",
            by=("email_type", "size_category"),
            buckets=DELIVERY,
        ),
    ]


class EmailOpened(
    Event,
    name="lab.email.opened",
    instruments=(Counter("emails_opened_total", by=("email_type",)),),
    body="e-mail ({email_type}) opened",
):
    """A recipient opened an e-mail for the first time."""

    email_type: EmailType
    recipient: Personal[str]


class NotificationSent(
    Event,
    name="lab.notification.sent",
    instruments=(Counter("notifications_sent_total", by=("notification_type", "channel")),),
    body="notice ({notification_type}) sent by {channel}",
):
    """A notice was put before a person."""

    notification_type: NotificationType
    channel: Channel
    recipient: Personal[str]
    notification_id: Unbounded[int]


class NotificationAnswered(
    Event,
    name="lab.notification.answered",
    instruments=(Counter("notification_responses_total", by=("notification_type",)),),
    body="notice {notification_id} answered",
):
    """A person answered a notice, which can be done once."""

    notification_type: NotificationType
    recipient: Personal[str]
    notification_id: Unbounded[int]


EVENTS: Final = (EmailSent, EmailDelivered, EmailOpened, NotificationSent, NotificationAnswered)
RATIOS: Final = (
    Ratio(
        "email_bounce_rate", 'emails_sent_total{status="bounced"}', "emails_sent_total",
        by=("email_type",),
    ),
    Ratio(
        "email_open_rate", "emails_opened_total", 'emails_sent_total{status="success"}',
        by=("email_type",),
    ),
    Ratio("email_success_ratio", 'emails_sent_total{status="success"}', "emails_sent_total"),
    Ratio(
        "notification_response_rate", "notification_responses_total", "notifications_sent_total",
        by=("notification_type",),
    ),
)  # fmt: skip
