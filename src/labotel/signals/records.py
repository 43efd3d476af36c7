"""What stands in the queue and in the log buffer: an event, or a line of the standard logging."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import nan
from typing import Any, Final, NamedTuple

from labotel.events.event import Event, Values, label_text
from labotel.events.fields import OTHER_LABEL, Field
from labotel.events.judge import exact
from labotel.events.texts import CAP, text_of
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import CUT

DEPTH: Final = 8
"""Lists and mappings are followed so deep; what lies deeper is text."""
KEY: Final = 255
"""The longest name of an attribute."""
ROOM: Final = 65_536
"""The characters of one record's nested values, each value counted as one more."""


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
    kind = type(value)
    if value is None or kind in (str, int, bool, float):
        return value  # type: ignore[no-any-return]  # one of the four
    if kind is timedelta:
        return value.total_seconds()  # type: ignore[no-any-return]  # of any, as above
    try:
        if kind in (datetime, date, time):  # whose time zone may be the application's
            return value.isoformat()  # type: ignore[no-any-return]  # of any, as above
        return text_of(value.value if issubclass(kind, Enum) else value)
    except Exception:
        return text_of(value)


def still(value: Any, room: list[int], depth: int = 0) -> Any:
    """Return a copy that a later change cannot reach: scalars, tuples and dicts of them.

    `room` holds what is left of ROOM, and is used up; what does not fit is cut.
    """
    kind = type(value)
    room[0] -= 1
    if value is None or kind in (bool, int, float):
        return value
    if issubclass(kind, (int, float)):
        return exact(value)
    if room[0] <= 0:
        return CUT
    if kind is bytes:
        room[0] -= len(value)
        return value[: max(0, room[0] + len(value))]
    try:
        if depth < DEPTH and issubclass(kind, Mapping):
            return _still_mapping(value, room, depth)
        if depth < DEPTH and issubclass(kind, Sequence) and not issubclass(kind, (str, bytearray)):
            made = []
            for item in value:
                made.append(still(item, room, depth + 1))
                if room[0] <= 0:
                    break
            return tuple(made)
    except Exception:  # its own methods
        return text_of(value)
    text = text_of(value, CAP if issubclass(kind, str) else min(CAP, room[0]))
    room[0] -= len(text)
    return text


def _still_mapping(value: Mapping[Any, Any], room: list[int], depth: int) -> dict[str, Any]:
    made = {}
    for key, item in value.items():
        name = text_of(key, KEY)
        room[0] -= len(name)
        made[name] = still(item, room, depth + 1)
        if room[0] <= 0:
            break
    return made


def shown(field: Field, value: Any, pseudonyms: Pseudonyms) -> str | int | float | bool | None:
    """Return a field's value as logs and spans show it; None where it is left out."""
    if field.place == "personal":
        return pseudonyms.of(plain(value))
    if field.place == "label":
        return label_text(field, value) or OTHER_LABEL
    if isinstance(value, Decimal) and field.place == "value":
        return nan if value.is_snan() else float(value)  # which float() refuses
    return plain(value)


def attributes(event: type[Event], values: Values, pseudonyms: Pseudonyms) -> dict[str, Any]:
    """Return an event's fields as the attributes of a log record or span event."""
    made = {}
    for field, value in zip(event._plan.fields, values, strict=True):
        text = shown(field, value, pseudonyms)
        if text is not None:
            made[field.name] = text
    return made
