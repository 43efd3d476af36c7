"""E-mails that Django's mail layer was given, whatever its backend; no address, no word of them."""

from typing import Annotated, Literal

from labotel.events.buckets import SECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import Limited, Unbounded

_Backend = Annotated[str, Limited(20)]


class MailHandedOver(Event, name="mail.messages", log=False, span=False):
    """A backend took messages or did not; `backend` is its module's last name, as in 'smtp'."""

    backend: _Backend
    outcome: Literal["sent", "failed"]
    messages: Annotated[int, Counter("mail_messages_total", by=("backend", "outcome"))]


class MailCalled(Event, name="mail.send", log=False, span=False):
    """A backend was called, with one message or many."""

    backend: _Backend
    duration: Annotated[
        float, Histogram("mail_send_duration_seconds", by=("backend",), buckets=SECONDS)
    ]


class MailFailed(Event, name="mail.failed", severity="WARN", body="e-mail not sent", span=False):
    """Messages were not sent: a log record alone.

    `error` is the class of what the backend raised; none where it failed silently, as asked.
    """

    backend: _Backend
    messages: Unbounded[int]
    error: Unbounded[str | None]


catalog = Catalog("mail", events=[MailHandedOver, MailCalled, MailFailed])
