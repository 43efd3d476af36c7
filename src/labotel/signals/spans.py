"""An event on its span: only what it is; its attributes are made where the span is exported."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from labotel.events.event import Event, Values
from labotel.events.texts import CAP, text_of
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.still import KEY
from labotel.signals.records import Failure, attributes, failure_fields

Fault = Callable[[str, BaseException], None]
"""Counts a fault: where it was, and what."""

SPAN_KEY: Final[str] = next(iter(trace.set_span_in_context(trace.INVALID_SPAN, Context())))
"""Where a context keeps its span: to look there costs a quarter of `get_current_span`."""


class SpanEvent:
    """An event on a span, shaped as the SDK's `EventBase` (name, timestamp, attributes)."""

    __slots__ = ("_pseudonyms", "event", "timestamp", "values")

    dropped_attributes = 0

    def __init__(
        self, event: type[Event], values: Values, timestamp: int, pseudonyms: "PseudonymSource"
    ) -> None:
        self.event = event
        self.values = values
        self.timestamp = timestamp
        self._pseudonyms = pseudonyms

    @property
    def name(self) -> str:
        """The event's declared name."""
        return self.event._plan.name

    @property
    def attributes(self) -> Mapping[str, Any]:
        """The event's fields, personal ones as pseudonyms."""
        return attributes(self.event, self.values, self._pseudonyms())


class PseudonymSource:
    """Gives the pseudonyms at the first need: their key may come from settings not loaded yet."""

    def __init__(self, make: Callable[[], Pseudonyms]) -> None:
        self.make = make
        self._made: Pseudonyms | None = None

    def __call__(self) -> Pseudonyms:
        """Return the pseudonyms in force."""
        if self._made is None:
            self._made = self.make()
        return self._made


def add_event(span: Span, event: SpanEvent) -> bool:
    """Add a lazy event to a recording span; False where the span is being written right now.

    `Span._add_event` is private in SDK 1.45: nothing public adds an event without copying its
    attributes at once. Any other span takes the event by the public call. A span is written under
    a lock, which this thread may hold itself, where a signal's handler or a destructor emits.
    """
    try:
        add, lock = span._add_event, span._lock  # type: ignore[attr-defined]  # the SDK's
    except AttributeError:
        span.add_event(event.name, dict(event.attributes), timestamp=event.timestamp)
        return True
    if lock.locked():
        return False
    add(event)
    return True


class SpanWork:
    """The span that `timed` opened."""

    def __init__(self, span: Span, fault: Fault) -> None:
        self._span = span
        self._fault = fault

    def fail(self, error: BaseException) -> None:
        """Mark the span as failed; the exception's text is scrubbed."""
        try:
            failed(self._span, failure_of(error))
        except Exception as fault:  # the application's exception goes on, and no other
            self._fault("span", fault)

    def end(self) -> None:
        """End the span; what a processor of the application's raises stays here."""
        try:
            self._span.end()
        except Exception as fault:
            self._fault("span", fault)


@contextmanager
def work(tracer: Tracer, name: str, fault: Fault) -> Iterator[SpanWork]:
    """Open a span called `name` as the current one and end it after the block."""
    try:
        span = tracer.start_span(name)
    except Exception as error:  # a sampler or a processor of the application's
        fault("span", error)
        yield SpanWork(trace.INVALID_SPAN, fault)
        return
    made = SpanWork(span, fault)
    try:
        with trace.use_span(span, record_exception=False):
            yield made
    finally:
        made.end()


def failure_of(error: BaseException, *, stack: str = "") -> Failure:
    """Return the type and text of an exception; one that cannot be printed says so."""
    return Failure(text_of(type(error).__qualname__, KEY), text_of(error, CAP), stack[:CAP])


def failed(span: Span, failure: Failure) -> None:
    """Record an exception on a span, by OpenTelemetry's conventions, with its text scrubbed."""
    if not span.is_recording():
        return
    fields = failure_fields(failure)
    span.add_event("exception", fields)
    span.set_attribute("error.type", failure.type)
    said = f"{failure.type}: {fields['exception.message']}"
    span.set_status(Status(StatusCode.ERROR, said))
