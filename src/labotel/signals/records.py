"""What stands in the queue and in the log buffer: an event, or a line of the standard logging."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final, NamedTuple

from labotel.events.event import Event, Values, label_text
from labotel.events.fields import OTHER_LABEL, Field
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import TEXT_LIMIT

CAP: Final = TEXT_LIMIT + 512
"""Texts are cut so long while they wait; what leaves is cut to scrubbing's limit and says so."""


def capped(values: Values) -> Values:
    """Return the values with long texts cut, so that memory is bounded by the number of records."""
    if any(v.__class__ is str and len(v) > CAP for v in values):
        return tuple(v[:CAP] if v.__class__ is str else v for v in values)
    return values


class Failure(NamedTuple):
    """The exception that ended a piece of work: its type and its text, not yet scrubbed."""

    type: str
    message: str
    stack: str = ""


class Line(NamedTuple):
    """A log line on its way (texts not yet scrubbed)."""

    logger: str
    level: int
    message: str
    time: int
    context: Any
    failure: Failure | None
    extra: dict[str, Any]
    actor: str | None = None


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
    if value is None or value.__class__ in (str, int, bool, float):
        return value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Decimal):
        return str(value)
    return str(value)


def shown(field: Field, value: Any, pseudonyms: Pseudonyms) -> str | int | float | bool | None:
    """Return a field's value as logs and spans show it; None where it is left out."""
    if field.place == "personal":
        return pseudonyms.of(plain(value))
    if field.place == "label":
        return label_text(field, value) or OTHER_LABEL
    if isinstance(value, Decimal) and field.place == "value":
        return float(value)
    return plain(value)


def attributes(event: type[Event], values: Values, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return an event's fields as the attributes of a log record or span event."""
    made = {}
    for field, value in zip(event._plan.fields, values, strict=True):
        text = shown(field, value, pseudonyms)
        if text is not None:
            made[field.name] = text
    return made
