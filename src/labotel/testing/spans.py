"""What spans and the application's own instruments meet while a test records.

One provider of each serves all recordings of a process: the SDK's hooks into the fork are for ever,
so that a provider for each test would be a leak.
"""

import os
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON

from labotel.export.tracing import DelegatingTracerProvider

_random = RandomIdGenerator()


class Ids:
    """Ids that a test can foresee: 1, 2, 3, one row for traces and one for spans."""

    def __init__(self) -> None:
        self.traces = count(1)
        self.spans = count(1)


class Kept:
    """The finished spans of one recording, the newest `limit` of them."""

    def __init__(self, limit: int) -> None:
        self.finished: deque[ReadableSpan] = deque(maxlen=limit)
        self.ids = Ids()

    def clear(self) -> None:
        """Forget the spans, and count ids from 1 again."""
        self.finished.clear()
        self.ids = Ids()


class Hand(IdGenerator, SpanProcessor):
    """Gives the recording in force its ids and its spans; `to` is None where there is none."""

    def __init__(self) -> None:
        self.to: Kept | None = None

    def generate_trace_id(self) -> int:
        """Return the next id of a trace."""
        to = self.to
        return _random.generate_trace_id() if to is None else next(to.ids.traces)

    def generate_span_id(self) -> int:
        """Return the next id of a span."""
        to = self.to
        return _random.generate_span_id() if to is None else next(to.ids.spans)

    def on_end(self, span: ReadableSpan) -> None:
        """Take a finished span."""
        to = self.to
        if to is not None:
            to.finished.append(span)


class Unread(metrics.NoOpMeterProvider):
    """Takes the application's own instruments, which nobody reads in a test."""

    def add_metric_reader(self, metric_reader: Any) -> None:
        """Add nothing: the delegating provider keeps it for afterwards."""

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        """Do nothing."""
        return True

    def shutdown(self, timeout_millis: float = 30_000, **kwargs: Any) -> None:
        """Do nothing."""


hand = Hand()
meters = Unread()
_tracers: TracerProvider | None = None
_tapped: "weakref.WeakSet[Any]" = weakref.WeakSet()


def tracers() -> TracerProvider:
    """Return the provider of every recording; it samples everything, whatever is in force."""
    global _tracers
    if _tracers is None:
        with _without("OTEL_SDK_DISABLED"):  # nothing leaves: no reason to see nothing
            _tracers = TracerProvider(
                ALWAYS_ON, Resource({}), shutdown_on_exit=False, id_generator=hand
            )
        _tracers.add_span_processor(hand)
    return _tracers


def tap() -> None:
    """See the spans of a provider that the application set itself, and that is never replaced."""
    provider: Any = trace.get_tracer_provider()
    if isinstance(provider, DelegatingTracerProvider) or provider in _tapped:
        return
    if hasattr(provider, "add_span_processor"):
        provider.add_span_processor(hand)
        _tapped.add(provider)


@contextmanager
def _without(variable: str) -> Iterator[None]:
    kept = os.environ.pop(variable, None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ[variable] = kept


def ids_of(context: Any) -> tuple[str | None, str | None]:
    """Return trace id and span id of a span's context in hexadecimal, None where there is none."""
    if context is None or not context.trace_id:
        return None, None
    return f"{context.trace_id:032x}", f"{context.span_id:016x}"
