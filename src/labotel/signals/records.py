"""What stands in the queue and in the log buffer: an event, or a line of the standard logging."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import nan
from typing import Any, NamedTuple

from labotel.events.event import Event, Values, label_text
from labotel.events.fields import OTHER_LABEL, Field
from labotel.events.marks import Pseudonymous
from labotel.events.texts import text_of
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import scrub, scrub_short
from labotel.signals.carried import Who


class Failure(NamedTuple):
    """The exception that ended a piece of work: its type and its text, not yet scrubbed."""

    type: str
    message: str
    stack: str = ""


def failure_fields(failure: Failure) -> dict[str, str]:
    """Return an exception's attributes, by OpenTelemetry's conventions, with its texts scrubbed."""
    fields = {"exception.type": failure.type, "exception.message": scrub(failure.message)}
    if failure.stack:
        fields["exception.stacktrace"] = scrub(failure.stack)
    return fields


class Line(NamedTuple):
    """A log line on its way (texts not yet scrubbed)."""

    logger: str
    level: int
    message: str
    time: int
    context: Any
    failure: Failure | None
    extra: dict[str, Any]
    actor: Who = None


class Foreign(NamedTuple):
    """A record that came through OpenTelemetry's logs API (texts not yet scrubbed)."""

    logger: str
    time: int
    severity: int
    severity_text: str
    body: Any
    attributes: dict[str, Any]
    event_name: str
    trace: tuple[int, int, int]


def plain(value: Any) -> str | int | float | bool | None:
    """Return a frozen value as OpenTelemetry takes it: durations in seconds, times as ISO 8601."""
    kind = type(value)
    if value is None or kind in (str, int, bool, float, Pseudonymous):
        return value  # type: ignore[no-any-return]  # one of the four
    if kind is timedelta:
        return value.total_seconds()  # type: ignore[no-any-return]  # of any, as above
    try:
        if kind in (datetime, date, time):  # whose time zone may be the application's
            return value.isoformat()  # type: ignore[no-any-return]  # of any, as above
        return text_of(value.value if issubclass(kind, Enum) else value)
    except Exception:
        return text_of(value)


def said(field: Field, value: Any) -> str | int | float | bool | None:
    """Return the value of a field that is not personal as a text shows it, scrubbed."""
    if field.place == "label":
        text = label_text(field, value)
        if text is None or field.limit is None:
            return OTHER_LABEL if text is None else text
        return scrub_short(text)
    made = plain(value)
    return scrub(made) if isinstance(made, str) else made


def shown(field: Field, value: Any) -> str | int | float | bool | None:
    """Return the value of a field that is not personal as attributes show it; None: left out."""
    if isinstance(value, Decimal) and field.place == "value":
        return nan if value.is_snan() else float(value)  # which float() refuses
    return said(field, value)


def attributes(event: type[Event], values: Values, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return an event's fields as the attributes of a log record or span event."""
    made: dict[str, Any] = {}
    for field, value in zip(event._plan.fields, values, strict=True):
        if field.place == "personal":
            made |= pseudonyms.fields(field.name, plain(value))
            continue
        text = shown(field, value)
        if text is not None:
            made[field.name] = text
    return made
