"""What a test asks: events by their class and fields, metrics by their names and labels."""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from math import inf
from typing import Any, TypeVar

from opentelemetry.sdk.trace import ReadableSpan

from labotel.catalogs.own import SELF
from labotel.events.catalog import Catalog
from labotel.events.errors import EventError
from labotel.events.event import Event
from labotel.events.instruments import Gauge
from labotel.signals.cells import HistogramCell, Metric, total
from labotel.testing import declared, matching, messages, readings
from labotel.testing.recorded import Distribution, Logged, Recorded, event_of, logged, recorded
from labotel.testing.recorder import Recorder

E = TypeVar("E", bound=Event)
T = TypeVar("T")
Number = int | float | Decimal


class Telemetry:
    """All that was said since the test began, or since `clear`."""

    def __init__(self, recorder: Recorder, catalogs: Callable[[], Iterable[Catalog]]) -> None:
        self._recorder = recorder
        self._catalogs = catalogs

    def __repr__(self) -> str:
        return f"<Telemetry: {messages.summary(self._history())}>"

    def report(self) -> str:
        """Return what was recorded, as pytest shows it under a test that fails."""
        return messages.report(self._history(), self._metrics())

    # Events.

    def one(self, event: type[E], /, **fields: Any) -> E:
        """Return the one event of this class with these values; AssertionError where not one is.

        A value is the one that was given, or its text: `species="canine"` finds Species.CANINE.
        Personal values are compared as they are. Failed work counts as recorded.
        """
        __tracebackhide__ = True
        found = self._find(event, fields)
        if not found:
            raise AssertionError(messages.missing(event, fields, self._history()))
        if len(found) > 1:
            raise AssertionError(messages.too_many(event, fields, found, "and not one"))
        return found[0]

    def all(self, event: type[E], /, **fields: Any) -> list[E]:
        """Return the events of this class with these values, in the order they were said."""
        __tracebackhide__ = True
        return self._find(event, fields)

    def none(self, event: type[Event], /, **fields: Any) -> None:
        """Assert that no event of this class with these values was recorded."""
        __tracebackhide__ = True
        found = self._find(event, fields)
        if found:
            raise AssertionError(messages.too_many(event, fields, found, "and none should be"))

    def _find(self, event: type[E], wanted: dict[str, Any]) -> list[E]:
        __tracebackhide__ = True
        matching.judge(event, wanted)
        recorder = self._drained()
        dropped = recorder.dropped[event]
        if dropped:
            limit = recorder.said.maxlen or 0
            raise AssertionError(messages.forgotten(event, dropped, limit))
        said = [event_of(item) for item in list(recorder.said) if item[0] is event]
        found = [e for e in said if isinstance(e, event) and not matching.differing(e, wanted)]
        if not found:
            matching.judge_values(event, wanted)
        return found

    @property
    def history(self) -> list[Recorded]:
        """Every event that was said, in its order, with its time, its span and its error."""
        __tracebackhide__ = True
        _whole(self._drained().said, "events")
        return self._history()

    def _history(self) -> list[Recorded]:
        return [recorded(item) for item in list(self._drained().said)]

    @property
    def logs(self) -> list[Logged]:
        """The lines of the standard logging, as labotel observes them."""
        __tracebackhide__ = True
        return [logged(line) for line in _whole(self._recorder.lines, "log lines")]

    @property
    def spans(self) -> list[ReadableSpan]:
        """The spans that ended, in the order of their ends."""
        __tracebackhide__ = True
        return _whole(self._recorder.spans, "spans")

    # Metrics.

    def metric(self, name: str, /, **labels: Any) -> Number:
        """Return the sum over a metric's series with these labels: of a histogram its count.

        0 where it is declared and nothing was recorded; AssertionError for a name, a label or a
        value that can never be. A gauge's supplier is called now, on this thread.
        """
        __tracebackhide__ = True
        return _sum(self._cells(declared.find(name, self._catalogs()), labels))

    def histogram(self, name: str, /, **labels: Any) -> Distribution:
        """Return the distribution over a histogram's series with these labels."""
        __tracebackhide__ = True
        metric = declared.find(name, self._catalogs())
        if metric.kind != "histogram":
            raise AssertionError(f"{name} is a {metric.kind}: ask metric({name!r})")
        cells: list[HistogramCell] = self._cells(metric, labels)
        buckets: dict[float, int] = {}
        running = 0
        for i, bound in enumerate((*metric.bounds, inf)):
            running += sum(cell.counts[i] for cell in cells)
            buckets[bound] = running
        return Distribution(
            running,
            sum(cell.sum for cell in cells),
            min((cell.min for cell in cells), default=None),
            max((cell.max for cell in cells), default=None),
            buckets,
        )

    def prefix(self, prefix: str) -> dict[str, Number]:
        """Return the total of every metric of this prefix that has something recorded.

        The application's gauges are read, but for those whose supplier raises; labotel's gauges
        answer to `metric` alone, and what it counts of itself to its prefix.
        """
        __tracebackhide__ = True
        declared.named(prefix, "the beginning of metrics' names, as in prefix('orders_')")
        whole = prefix.startswith("labotel_")
        metrics = [m for m in self._metrics(whole) if m.name.startswith(prefix)]
        metrics += filter(None, map(_readable, declared.supplied(prefix)))
        found = {metric.name: _sum(metric.cells.values()) for metric in metrics if metric.cells}
        return dict(sorted(found.items()))

    def _metrics(self, whole: bool = False) -> list[Metric]:
        """Return what events made, and with `whole` what labotel counts of itself."""
        return [m for m in self._drained().meter if whole or m.name not in SELF]

    def _cells(self, metric: declared.Declared, labels: dict[str, Any]) -> list[Any]:
        """Return the series of a metric that have these labels."""
        __tracebackhide__ = True
        wanted = declared.wanted(metric, labels)
        if metric.gauge is not None:
            held: Metric | None = readings.read(metric.gauge)
        else:
            held = self._drained().meter.metrics.get(metric.name)
        if held is None:
            return []
        places = [(held.labels.index(label), text) for label, text in wanted.items()]
        return [
            cell
            for series, cell in list(held.cells.items())
            if all(series[place] == text for place, text in places)
        ]

    # The test's hand on it.

    def clear(self) -> None:
        """Forget what was recorded so far; ids count from 1 again."""
        self._recorder.clear()

    def freeze(self, at: datetime | None = None) -> None:
        """Hold the clock of events and of `timed` at an aware time, or where it is now."""
        self._recorder.clock.freeze(at)

    def advance(self, by: timedelta) -> None:
        """Move that clock; it is held from now on."""
        self._recorder.clock.advance(by)

    def unfreeze(self) -> None:
        """Let that clock run again, as it does by itself at the end of the test."""
        self._recorder.clock.unfreeze()

    def _drained(self) -> Recorder:
        self._recorder.drain()
        return self._recorder


def _whole(kept: deque[T], what: str) -> list[T]:
    """Return everything that was kept; an AssertionError where the oldest may be gone."""
    __tracebackhide__ = True
    if len(kept) == kept.maxlen:
        raise AssertionError(messages.cut(kept.maxlen, what))
    return list(kept)


def _readable(gauge: Gauge) -> Metric | None:
    """Return a gauge's series, None where its supplier raises: it needs what the test has not.

    Rows that production would refuse are an error here too.
    """
    __tracebackhide__ = True
    try:
        return readings.read(gauge)
    except EventError:
        raise
    except Exception:
        return None


def _sum(cells: Iterable[Any]) -> Number:
    made: Number = 0
    for cell in cells:
        made = total(made, cell.count if isinstance(cell, HistogramCell) else cell.value)
    return made
