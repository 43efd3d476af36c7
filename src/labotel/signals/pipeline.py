"""The queue between the application and everything that labotel makes of an event.

The calling thread appends (class, values, time, span context, failure, actor) and goes on. One
thread at a time drains, under a lock that no application thread ever waits for: past `LIMIT` a
caller drains a small slice itself where the lock is free, so memory is bounded and nothing is lost.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import get_current

from labotel.events import clock
from labotel.events.errors import EventError
from labotel.events.event import Event
from labotel.events.judge import Rejected, complaint, freeze, objection
from labotel.events.texts import text_of
from labotel.signals import spans, tenants
from labotel.signals.aggregate import Aggregate, build
from labotel.signals.carried import acting, actor
from labotel.signals.cells import Meter
from labotel.signals.late import Late
from labotel.signals.records import Foreign, Line
from labotel.signals.selfmetrics import metric_of
from labotel.signals.spans import SPAN_KEY, PseudonymSource, SpanEvent, add_event, failure_of
from labotel.signals.tally import Tally
from labotel.signals.unbroken import Unbroken

WAKE: Final = 512
"""Events in the queue that wake the thread which drains it."""
LIMIT: Final = 10_000
"""Events in the queue past which a caller helps to drain."""
LOCK_WAIT: Final = 1.0
"""How long, in s, labotel's threads and an ending process wait for the drain lock."""
SLICE: Final = 64
"""Events that a caller drains at a time: about 0.2 ms."""
LOGS: Final = 50_000
"""Log records that wait for their export."""

_sleep = time.sleep  # gevent replaces the module's; a pause here must not switch greenlets


def _never() -> None:
    """Start nothing: the export room gives the function that does."""


class Pipeline:
    """One process's queue, metrics and waiting log records."""

    def __init__(self, pseudonyms: PseudonymSource, now: clock.Clock = clock.now) -> None:
        self.pseudonyms = pseudonyms
        self._now = now
        self.tally = Tally()
        self.meter = Meter()
        self.queue: deque[tuple[Any, ...]] = deque()
        self.logs: deque[Any] = deque()
        self._late = Late(self.tally)
        self.logs_limit = LOGS
        self.start: Callable[[], None] = _never
        self.wake: Callable[[], None] = _never
        self.started = False
        self.always_exemplars: bool | None = False
        self.tracer = trace.get_tracer("labotel")
        self.lock = threading.Lock()
        self.unbroken = Unbroken()
        self._aggregates: dict[type[Event], tuple[Aggregate, bool]] = {}
        self.slow_receiver = False
        self.copy: Callable[[Any], None] | None = None
        """Given each event that is drained, and each line: for an output of one's own."""
        self.foreign: Any = None
        """Where metrics go when the application has a meter provider of its own."""
        self.emit = self._make_emit()

    def reset(self) -> None:
        """Forget everything: what a forked child inherited is its parent's."""
        self.queue.clear()
        self.logs.clear()
        self._late.clear()
        self.tally.clear()
        self.lock = threading.Lock()
        self.unbroken = Unbroken()
        self.meter = Meter()
        self._aggregates = {}
        self.started = False

    def _make_emit(self) -> Callable[[Event], None]:
        """Return `emit` as a closure: each name that it needs is one look-up away."""
        append = self.queue.append
        length = self.queue.__len__
        current = get_current
        acting = actor.get
        invalid = trace.INVALID_SPAN
        now = self._now
        pseudonyms = self.pseudonyms
        late = self._late.append

        def emit(event: Event) -> None:
            try:
                values = event._values
                kind = event.__class__
                if event._bad is not None or not kind._fits(values):
                    values = freeze(event)
                span: Any = current().get(SPAN_KEY)
                acts = acting()
                who = None if acts is None else acts()
                moment = now()
                if span is None or span is invalid:
                    append((kind, values, moment, None, None, who))
                else:
                    append((kind, values, moment, span.get_span_context(), None, who))
                    if kind._plan.span and span.is_recording():
                        made = SpanEvent(kind, values, moment, pseudonyms)
                        if not add_event(span, made):
                            late((span, made))
                if length() > WAKE or not self.started:
                    self._attend()
            except Rejected as problem:
                self._reject(event, str(problem))
            except Exception as error:
                self._reject_unknown(event, error)

        return emit

    def emit_strict(self, event: Event) -> None:
        """Take an event; raise EventError where anything about it is wrong."""
        if not isinstance(event, Event) or not hasattr(event, "_plan"):
            raise EventError(f"emit({event!r}): give an instance of a concrete Event class")
        problem = complaint(event) or objection(event)
        if problem is not None:
            self.tally.count("labotel_events_rejected_total", type(event)._plan.name)
            raise EventError(problem)
        self.emit(event)

    def emit_failed(self, event: Event, error: BaseException) -> None:
        """Take an event of work that failed: the exception's type and text stand on its record."""
        try:
            values = freeze(event)
            span = trace.get_current_span()
            moment = self._now()
            context = None if span is trace.INVALID_SPAN else span.get_span_context()
            failure = failure_of(error)
            self.queue.append((type(event), values, moment, context, failure, acting()))
            if type(event)._plan.span and span.is_recording():
                made = SpanEvent(type(event), values, moment, self.pseudonyms)
                if not add_event(span, made):
                    self._late.append((span, made))
            if not self.started:
                self._attend()
        except Rejected as problem:
            self._reject(event, str(problem))
        except Exception as fault:
            self._reject_unknown(event, fault)

    def line(self, line: Line | Foreign) -> None:
        """Take a log line, of the standard logging or of OpenTelemetry's logs API."""
        self.logs.append(line)
        if self.copy is not None:
            self.copy(line)
        if not self.started or len(self.logs) > self.logs_limit:
            self._attend()

    def line_lost(self, error: BaseException) -> None:
        """Count a log line that could not be taken."""
        self.tally.count("labotel_dropped_total", "logs", "observe")

    def pass_lines(self, to: Callable[[Line | Foreign], None] | None) -> None:
        """Let log lines go elsewhere (into a test's recording); None: here again."""
        if to is None:
            self.__dict__.pop("line", None)
        else:  # shadows the method: where nothing is passed on it costs nothing
            self.__dict__["line"] = to

    def work(self, name: str) -> AbstractContextManager[Any]:
        """Open a span for `timed`."""
        return spans.work(self.tracer, name, self.tally.fault)

    def tenant(self, name: object) -> AbstractContextManager[object]:
        """Let the present work be a tenant's."""
        return tenants.begin(name, self.tally.fault)

    def _reject(self, event: Event, text: str) -> None:
        name = type(event)._plan.name
        self.tally.count("labotel_events_rejected_total", name)
        self.tally.warn(f"rejected {name}", f"labotel: event rejected: {text}", quoting=True)
        if not self.started:
            self._attend()

    def _reject_unknown(self, event: object, error: BaseException) -> None:
        if issubclass(type(event), Event) and hasattr(type(event), "_plan"):
            self.tally.fault("emit", error)
        else:
            kind = text_of(type(event).__name__, 100)
            self.tally.count("labotel_events_rejected_total", "unknown")
            self.tally.warn(
                "rejected unknown",
                f"labotel: emit was given a {kind}; allowed: an instance of a concrete Event class",
            )

    def _attend(self) -> None:
        """Start the process's export where nothing runs yet; past the limits, help to drain."""
        if not self.started:
            self.started = True
            self.start()
        self.wake()
        if len(self.queue) > LIMIT and not self._help() and len(self.queue) > 2 * LIMIT:
            _sleep(0.0002)  # let the thread that holds the lock run: it waits for the GIL
        if len(self.logs) > self.logs_limit // 2 and not self.slow_receiver:
            _sleep(0.0005)  # the receiver answers: give the exporter the time to keep up

    def _help(self) -> bool:
        """Drain a slice on the caller's thread; False where another thread drains."""
        with self.unbroken:
            if not self.lock.acquire(blocking=False):
                return False
            try:
                self._drain(SLICE)
            finally:
                self.lock.release()
        return True

    def drain(self) -> None:
        """Drain the queue (on a thread of labotel's own, or where an application asks for it)."""
        more = True
        while more:
            if not self.lock.acquire(timeout=LOCK_WAIT):
                return  # a handler interrupted whoever holds it
            try:
                self._drain(SLICE * 4)
                more = bool(self.queue)
                if not more:
                    self.trim()
                    self.tally.settle(self.meter, time.time_ns())
            finally:
                self.lock.release()
        self._late.catch_up()
        self.tally.speak()

    def _drain(self, most: int) -> None:
        pop = self.queue.popleft
        logs, copy = self.logs, self.copy
        known = self._aggregates
        always = self.always_exemplars
        last: Any = None
        exemplar: Any = None
        done = 0
        for _ in range(min(most, len(self.queue))):
            try:
                item = pop()
            except IndexError:
                break
            kind, values, moment, context, *_ = item
            if context is not last:
                last = context
                # trace_based, always_on, always_off: OTEL_METRICS_EXEMPLAR_FILTER
                keep = context is not None and (
                    always or (always is False and context.trace_flags & 1)
                )
                exemplar = context if keep and context.trace_id else None
            try:
                found = known.get(kind)
                if found is None:
                    found = known[kind] = (self._build(kind), kind._plan.log)
                found[0](values, moment, exemplar)
            except Exception as error:
                self.tally.fault("aggregate", error)
                continue
            if found[1]:
                logs.append(item)
            if copy is not None:
                copy(item)
            done += 1
        if done:
            metric_of(self.meter, "labotel_events_emitted_total").cell((), moment).value += done
        self.trim()

    def _build(self, kind: type[Event]) -> Aggregate:
        if self.foreign is not None:
            made: Aggregate = self.foreign.build(kind, self.meter, self.tally.note)
            return made
        return build(kind, self.meter, self.tally.note)

    def worked(self, background: frozenset[type[Event]]) -> bool:
        """Tell whether this process said any other event than those of the background."""
        return not background.issuperset(self._aggregates)

    def trim(self) -> None:
        """Drop the oldest log records past the limit, and count them."""
        extra = len(self.logs) - self.logs_limit
        for _ in range(extra):
            self.logs.popleft()
        if extra > 0:
            self.tally.count("labotel_dropped_total", "logs", "queue_full", n=extra)
