"""What the receiver understood of OTLP: spans, log records and metric points as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Signal: TypeAlias = Literal["traces", "metrics", "logs"]
SIGNALS: tuple[Signal, ...] = ("traces", "metrics", "logs")

AttributeValue: TypeAlias = (
    "str | bool | int | float | bytes | list[AttributeValue] | dict[str, AttributeValue] | None"
)
Attributes: TypeAlias = Mapping[str, AttributeValue]
Kind: TypeAlias = Literal["counter", "updown", "gauge", "histogram"]
Temporality: TypeAlias = Literal["cumulative", "delta", "unspecified"]


@dataclass(frozen=True, slots=True)
class SpanEvent:
    """Something that happened at one moment within a span."""

    name: str
    time_ns: int
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Span:
    """One finished operation; ids are lower-case hex, a root's `parent_span_id` is empty."""

    trace_id: str
    span_id: str
    parent_span_id: str
    name: str
    kind: str
    start_ns: int
    end_ns: int
    attributes: Attributes = field(default_factory=dict)
    events: tuple[SpanEvent, ...] = ()
    status: str = "UNSET"
    status_message: str = ""
    resource: Attributes = field(default_factory=dict)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One log record; the ids are empty where it was written outside a span."""

    time_ns: int
    severity_text: str
    severity_number: int
    body: AttributeValue
    event_name: str = ""
    attributes: Attributes = field(default_factory=dict)
    trace_id: str = ""
    span_id: str = ""
    resource: Attributes = field(default_factory=dict)
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Exemplar:
    """One measurement kept as an example, with the span it was taken in."""

    value: float
    time_ns: int
    trace_id: str = ""
    span_id: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of one metric series.

    `value` belongs to counters, up-down counters and gauges; `count` to `max` to histograms.
    """

    name: str
    kind: Kind
    unit: str
    description: str
    attributes: Attributes
    start_ns: int
    time_ns: int
    temporality: Temporality
    resource: Attributes = field(default_factory=dict)
    value: int | float | None = None
    count: int = 0
    sum: float = 0.0
    bucket_counts: tuple[int, ...] = ()
    bounds: tuple[float, ...] = ()
    min: float | None = None
    max: float | None = None
    exemplars: tuple[Exemplar, ...] = ()


def service_of(resource: Attributes) -> str:
    """The `service.name` of a resource, or an empty string."""
    return label_text(resource.get("service.name", ""))


def instance_of(resource: Attributes) -> str:
    """The `service.instance.id` of a resource, or an empty string."""
    return label_text(resource.get("service.instance.id", ""))


def label_text(value: object) -> str:
    """A value as a Prometheus label shows it, so that `True` and `"true"` ask for the same."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
