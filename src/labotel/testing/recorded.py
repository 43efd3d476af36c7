"""What a test gets to see: an event with its circumstances, a log line, a distribution."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from labotel.events.event import Event, Values
from labotel.signals.records import Failure, Line
from labotel.testing.clock import moment
from labotel.testing.spans import ids_of


@dataclass(frozen=True)
class Recorded:
    """One event: what was said, when, in which span, and the error of work that failed."""

    event: Event
    time: datetime
    trace_id: str | None = None
    span_id: str | None = None
    error_type: str | None = None
    error_message: str | None = None


@dataclass(frozen=True)
class Logged:
    """One line of the standard logging: `level` as `logging` counts, `extra` as it was given."""

    logger: str
    level: int
    message: str
    time: datetime
    trace_id: str | None = None
    span_id: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Distribution:
    """A histogram's values: `buckets` says how many are at most each bound, the last is inf."""

    count: int
    sum: float
    min: float | None
    max: float | None
    buckets: dict[float, int]


def event_of(item: tuple[Any, ...]) -> Event:
    """Return the event of an entry of the queue: what was said, with its values as scalars."""
    kind: type[Event] = item[0]
    values: Values = item[1]
    made = kind.__new__(kind)
    made._values, made._bad = values, None
    return made


def recorded(item: tuple[Any, ...]) -> Recorded:
    """Return an entry of the queue as a test sees it."""
    _, _, at, context, failure, _ = item
    return Recorded(event_of(item), moment(at), *ids_of(context), *_error(failure))


def logged(line: Line) -> Logged:
    """Return a log line as a test sees it."""
    extra = {key: value for key, value in line.extra.items() if not key.startswith("code.")}
    trace_id, span_id = ids_of(line.context)
    kind, text = _error(line.failure)
    return Logged(
        line.logger,
        line.level,
        line.message,
        moment(line.time),
        trace_id,
        span_id,
        kind,
        text,
        extra,
    )


def _error(failure: Failure | None) -> tuple[str | None, str | None]:
    return (None, None) if failure is None else (failure.type, failure.message)
