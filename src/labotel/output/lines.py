"""A record as one line: JSON for programs, words for people."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from labotel.events.texts import text_of
from labotel.output.record import Record

_HIDDEN: Final = ("code.file.path", "code.line.number", "code.function.name")
STACK: Final = "exception.stacktrace"
_BITS: Final = 1024
"""Whole numbers up to so many bits are shown as such."""
_LONG: Final = 200
"""Values of fields are shown up to so many characters on a console."""


def stamp(nanoseconds: int) -> str:
    """Return a time as ISO 8601 in UTC, with milliseconds."""
    try:
        at = datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    except (OverflowError, OSError, ValueError):  # a record that was made by hand
        at = datetime.fromtimestamp(0, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def as_json(record: Record, service: str) -> str:
    """Return one JSON object; no field of the record takes the place of the line's own."""
    made: dict[str, Any] = {
        "timestamp": stamp(record.time), "level": record.severity, "logger": record.logger,
        "type": record.type, "service": service, "event": record.event,
        "message": record.message, "trace_id": record.trace_id, "span_id": record.span_id,
    }  # fmt: skip
    for key, value in record.fields.items():
        made.setdefault(key, _plain(value))
    return json.dumps(made, ensure_ascii=False, separators=(",", ":"), default=str)


def as_words(record: Record) -> str:
    """Return it on one line, for a console that is no terminal."""
    trace = f" trace_id={record.trace_id}" if record.trace_id else ""
    name = record.event or record.logger
    return f"{stamp(record.time)} {record.severity:5} {name} {told(record)}{trace}"


def told(record: Record) -> str:
    """Return a record's text and its fields, on one line; what is shown beside it, not again."""
    message = "" if record.message == record.event else one_line(record.message)
    return " ".join(filter(None, (message, words(record.fields))))


def words(fields: Mapping[str, Any]) -> str:
    """Return fields as ``key=value``, on one line; where the code stands is left out."""
    shown = (
        f"{one_line(key)}={_quoted(one_line(value, _LONG))}"
        for key, value in fields.items()
        if key not in _HIDDEN and not (STACK in fields and key.startswith("exception."))
    )
    return " ".join(shown)


def stack(record: Record) -> list[str]:
    """Return the lines of a record's traceback."""
    return [one_line(line, 500) for line in str(record.fields.get(STACK, "")).splitlines()]


def one_line(value: object, limit: int = 2000) -> str:
    """Return a text without what would end the line, or move a terminal's cursor."""
    text = text_of(value)[: limit + 1]
    shown = "".join(c if c.isprintable() else " " if c in "\n\r\t" else "·" for c in text)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if not text or " " in text or '"' in text else text


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: infinities and NaN, which it has not, as their names."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if type(value) is int and value.bit_length() > _BITS:  # Python writes no more than 4,300 digits
        return text_of(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
