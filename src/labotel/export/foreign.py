"""Joining providers that the application set itself: they are never replaced.

Exactness over forks, and the privacy of what others record, are then theirs.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from opentelemetry import trace
from opentelemetry._logs import LoggerProvider, LogRecord, SeverityNumber
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import NonRecordingSpan

from labotel.events.event import Event, Values
from labotel.events.judge import number
from labotel.export.wire_events import body_of
from labotel.policy.attributes import clean
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import scrub
from labotel.signals.aggregate import GROWING, Aggregate, metric_of
from labotel.signals.carried import fields_of
from labotel.signals.cells import Meter
from labotel.signals.records import Foreign, Line, attributes, failure_fields
from labotel.signals.severities import NUMBERS


class ForeignMetrics:
    """Drains declared metrics into instruments of the application's meter provider."""

    def __init__(self, provider: MeterProvider) -> None:
        self._meter = provider.get_meter("labotel")
        self._instruments: dict[str, Any] = {}

    def _instrument(self, measure: Any, description: str) -> Any:
        declared = measure.instrument
        if declared.name not in self._instruments:
            create = {
                "counter": self._meter.create_counter,
                "updowncounter": self._meter.create_up_down_counter,
                "histogram": self._meter.create_histogram,
            }[declared.kind]
            more: dict[str, Any] = {}
            if declared.kind == "histogram":
                more = {"explicit_bucket_boundaries_advisory": declared.buckets}
            self._instruments[declared.name] = create(
                declared.name, unit=declared.unit, description=description, **more
            )
        return self._instruments[declared.name]

    def build(
        self, event: type[Event], meter: Meter, note: Callable[[str, str], None]
    ) -> Aggregate:
        """Return the function that records an event's values; labels by labotel's own policy."""
        plan = event._plan
        parts = []
        for measure in plan.measures:
            metric = metric_of(plan, measure, note)
            instrument = self._instrument(measure, metric.description)
            places = [plan.index[label] for label in measure.fields]
            of = None if measure.of is None else plan.index[measure.of]
            parts.append((metric, instrument, places, of, measure.scale))

        def aggregate(values: Values, time: int, exemplar: Any) -> None:
            context = None
            if exemplar is not None:
                context = trace.set_span_in_context(NonRecordingSpan(exemplar))
            for metric, instrument, places, of, scale in parts:
                amount = 1 if of is None else number(values[of])
                if amount is None or (metric.kind in GROWING and amount < 0):
                    if of is not None and values[of] is not None:
                        note("amount", metric.name)
                    continue
                labels, _ = metric.policy.apply([values[place] for place in places])
                said = dict(zip(metric.labels, labels, strict=True))
                record = instrument.record if metric.kind == "histogram" else instrument.add
                record(float(amount) / scale if of is not None else 1, said, context=context)

        return aggregate


class ForeignLogs:
    """Says waiting log records through the application's logger provider."""

    def __init__(self, provider: LoggerProvider) -> None:
        self._provider = provider

    def say(self, waiting: deque[Any], pseudonyms: Pseudonyms) -> None:
        """Say all that waits."""
        for _ in range(len(waiting)):
            item = waiting.popleft()
            if item.__class__ is Line:
                self._line(item)
            elif item.__class__ is not Foreign:  # what came by the API went to that provider itself
                self._event(item, pseudonyms)

    def _event(self, item: tuple[Any, ...], pseudonyms: Pseudonyms) -> None:
        kind, values, moment, context, failure, who = item
        plan = kind._plan
        said = attributes(kind, values, pseudonyms) | {"event.name": plan.name}
        if failure is not None:
            said |= failure_fields(failure)
        said |= fields_of(who)
        severity = "ERROR" if failure is not None else plan.severity
        self._emit("labotel", moment, severity, NUMBERS[severity], body_of(plan, values), said,
                   context, plan.name)  # fmt: skip

    def _line(self, line: Line) -> None:
        number = max(1, min(24, line.level // 10 * 4 + 1))
        name = SeverityNumber(number).name
        said = clean(line.extra)
        if line.failure is not None:
            said |= failure_fields(line.failure)
        said |= fields_of(line.actor)
        self._emit(line.logger, line.time, name, number, scrub(line.message), said, line.context)

    def _emit(
        self,
        scope: str,
        moment: int,
        severity: str,
        number: int,
        body: str,
        said: dict[str, Any],
        context: Any,
        event_name: str | None = None,
    ) -> None:
        current = None
        if context is not None:
            current = trace.set_span_in_context(NonRecordingSpan(context))
        self._provider.get_logger(scope).emit(
            LogRecord(
                timestamp=moment,
                context=current,
                severity_text=severity,
                severity_number=SeverityNumber(number),
                body=body,
                attributes=said,
                event_name=event_name,
            )
        )
