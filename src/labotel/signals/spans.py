"""An event on its span: only what it is; its attributes are made where the span is exported."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from labotel.events.event import Event, Values
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import scrub
from labotel.signals.records import CAP, Failure, attributes

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


def add_event(span: Span, event: SpanEvent) -> None:
    """Add a lazy event to a recording span.

    `Span._add_event` is private in SDK 1.45: nothing public adds an event without copying its
    attributes at once. Any other span takes the event by the public call.
    """
    add = getattr(span, "_add_event", None)
    if add is not None:
        add(event)
    else:
        span.add_event(event.name, dict(event.attributes), timestamp=event.timestamp)


class SpanWork:
    """The span that `timed` opened."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def fail(self, error: BaseException) -> None:
        """Mark the span as failed; the exception's text is scrubbed."""
        failed(self._span, failure_of(error))


@contextmanager
def work(tracer: Tracer, name: str) -> Iterator[SpanWork]:
    """Open a span called `name` as the current one and end it after the block."""
    span = tracer.start_span(name)
    with trace.use_span(span, end_on_exit=True, record_exception=False):
        yield SpanWork(span)


def failure_of(error: BaseException, *, stack: str = "") -> Failure:
    """Return the type and text of an exception; one that cannot be printed has no text."""
    try:
        message = str(error)
    except Exception:
        message = ""
    return Failure(type(error).__qualname__, message[:CAP], stack[:CAP])


def failed(span: Span, failure: Failure) -> None:
    """Record an exception on a span, by OpenTelemetry's conventions, with its text scrubbed."""
    if not span.is_recording():
        return
    message = scrub(failure.message)
    fields = {"exception.type": failure.type, "exception.message": message}
    if failure.stack:
        fields["exception.stacktrace"] = scrub(failure.stack)
    span.add_event("exception", fields)
    span.set_attribute("error.type", failure.type)
    span.set_status(Status(StatusCode.ERROR, f"{failure.type}: {message}"))
