"""Finished spans on their way to the exporter."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from labotel.signals.tally import Tally


class SpanQueue(SpanProcessor):
    """Takes each sampled span at its end with one append; past `limit` the oldest are dropped."""

    def __init__(self, limit: int, batch: int, tally: Tally, wake: Callable[[], None]) -> None:
        self.spans: deque[ReadableSpan] = deque()
        self._limit = limit
        self._batch = batch
        self._tally = tally
        self._wake = wake
        self.started = False
        self.dead = False

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Do nothing: a span is taken when it ends."""

    def on_end(self, span: ReadableSpan) -> None:
        """Take a finished span."""
        if self.dead or span.context is None or not span.context.trace_flags.sampled:
            return
        spans = self.spans
        spans.append(span)
        if len(spans) >= self._batch or not self.started:
            self.started = True
            self._wake()
            if len(spans) > self._limit:
                with suppress(IndexError):
                    spans.popleft()
                self._tally.count("labotel_dropped_total", "traces", "queue_full")

    def shutdown(self) -> None:
        """Do nothing: labotel's own shutdown has one deadline for all signals."""

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Do nothing: labotel's own flush has one deadline for all signals."""
        return True
