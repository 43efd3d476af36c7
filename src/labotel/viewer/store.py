"""A bounded, thread-safe memory of what was received, decoded when somebody first asks."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from labotel.viewer.decode import logs_in, spans_in
from labotel.viewer.model import LogRecord, Point, Span, instance_of
from labotel.viewer.points import points_in
from labotel.viewer.series import Series, SeriesTable
from labotel.viewer.wire import LogsRequest, Request, TraceRequest

T = TypeVar("T")

# What nobody has read yet is bounded too; beyond this the receiving thread decodes.
PENDING_BYTES = 32 * 1024 * 1024


class Newest(Generic[T]):
    """The newest items up to a limit, with the number of those that had to go."""

    def __init__(self, limit: int) -> None:
        self.items: deque[T] = deque(maxlen=limit)
        self.limit = limit
        self.dropped = 0

    def extend(self, items: Iterable[T]) -> None:
        """Take more items; the oldest make room."""
        for item in items:
            self.dropped += len(self.items) == self.limit
            self.items.append(item)


class Store:
    """Spans, log records and metric points of everything received, ready for questions.

    Points are judged by their own time, not by their arrival: a late one replaces nothing newer.
    """

    def __init__(
        self,
        *,
        keep_history: bool = False,
        max_spans: int = 100_000,
        max_logs: int = 100_000,
        max_series: int = 100_000,
    ) -> None:
        self.keep_history = keep_history
        self._spans = Newest[Span](max_spans)
        self._logs = Newest[LogRecord](max_logs)
        self._series = SeriesTable(max_series)
        self._history: list[Point] = []
        # Two locks, so that arrivals do not wait for a reader who decodes a long backlog.
        self._arrival = threading.Condition(threading.Lock())
        self._contents = threading.RLock()
        self._pending: list[Request] = []
        self._pending_bytes = 0
        self._receipts = 0

    def receive(self, request: Request, size: int) -> None:
        """Take a parsed request; `size` is its length in bytes."""
        with self._arrival:
            self._pending.append(request)
            self._pending_bytes += size
            backlog = self._pending_bytes > PENDING_BYTES
        if backlog:
            with self._contents:
                self._decode()
        self.notify()

    @property
    def spans(self) -> list[Span]:
        """All spans, in the order of their arrival."""
        with self._contents:
            self._decode()
            return list(self._spans.items)

    @property
    def logs(self) -> list[LogRecord]:
        """All log records, in the order of their arrival."""
        with self._contents:
            self._decode()
            return list(self._logs.items)

    @property
    def points(self) -> list[Point]:
        """The latest point of every series."""
        with self._contents:
            self._decode()
            return [series.latest for series in self._series.series.values()]

    @property
    def totals(self) -> list[Point]:
        """Every series as it stands: its latest point, or the sum of its deltas as one point.

        Each carries the exemplars of its last points, not of the very last alone.
        """
        with self._contents:
            self._decode()
            return [series.standing() for series in self._series.series.values()]

    @property
    def dropped(self) -> dict[str, int]:
        """How much was forgotten to stay within the limits."""
        with self._contents:
            self._decode()
            return {
                "spans": self._spans.dropped,
                "logs": self._logs.dropped,
                "series": self._series.dropped,
            }

    def history(self, name: str) -> list[Point]:
        """All points of a metric in the order of their arrival."""
        if not self.keep_history:
            raise ValueError("no history is kept; ask for it with keep_history=True")
        with self._contents:
            self._decode()
            return [point for point in self._history if point.name == name]

    def trace(self, trace_id: str) -> list[Span]:
        """The spans of one trace, earliest start first."""
        found = [span for span in self.spans if span.trace_id == trace_id]
        return sorted(found, key=lambda span: span.start_ns)

    def logs_of(self, trace_id: str) -> list[LogRecord]:
        """The log records of one trace, in time order."""
        found = [record for record in self.logs if record.trace_id == trace_id]
        return sorted(found, key=lambda record: record.time_ns)

    def total(self, metric: str, /, **labels: object) -> int | float:
        """The sum over all processes of a metric; of a histogram, of its counts."""
        return sum(
            point.count if point.kind == "histogram" else point.value or 0
            for point in self._totals_of(metric, labels)
        )

    def total_sum(self, metric: str, /, **labels: object) -> float:
        """The sum over all processes of a histogram's sums."""
        return sum(point.sum for point in self._totals_of(metric, labels))

    def identities(self, metric: str | None = None) -> set[str]:
        """Every `service.instance.id` seen; with a metric, of its points alone."""
        if metric is not None:
            resources = [series.latest.resource for series in self._of(metric, {})]
        else:
            resources = [point.resource for point in self.points]
            resources += [span.resource for span in self.spans]
            resources += [record.resource for record in self.logs]
        return {identity for resource in resources if (identity := instance_of(resource))}

    def wait_for(self, predicate: Callable[[], object], timeout: float = 10.0) -> bool:
        """Wait until the predicate holds, asked anew at each receipt; False after the timeout."""
        deadline = time.monotonic() + timeout
        while True:
            with self._arrival:
                seen = self._receipts
            # Asked without a lock: the predicate may itself send something here.
            if predicate():
                return True
            with self._arrival:
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    return False
                if self._receipts == seen:
                    self._arrival.wait(remaining)

    def clear(self) -> None:
        """Forget everything, the counts of what was dropped included."""
        with self._contents:
            with self._arrival:
                self._pending, self._pending_bytes = [], 0
            self._spans = Newest(self._spans.limit)
            self._logs = Newest(self._logs.limit)
            self._series = SeriesTable(self._series.limit)
            self._history = []
        self.notify()

    def notify(self) -> None:
        """Let those who wait ask their predicate again."""
        with self._arrival:
            self._receipts += 1
            self._arrival.notify_all()

    def _totals_of(self, metric: str, labels: dict[str, object]) -> list[Point]:
        return [series.total for series in self._of(metric, labels)]

    def _of(self, metric: str, labels: dict[str, object]) -> list[Series]:
        with self._contents:
            self._decode()
            return list(self._series.of(metric, labels))

    def _decode(self) -> None:
        """Decode what has arrived; the caller holds the lock of the contents."""
        with self._arrival:
            pending, self._pending, self._pending_bytes = self._pending, [], 0
        for request in pending:
            if isinstance(request, TraceRequest):
                self._spans.extend(spans_in(request))
            elif isinstance(request, LogsRequest):
                self._logs.extend(logs_in(request))
            else:
                for point in points_in(request):
                    self._series.add(point)
                    if self.keep_history:
                        self._history.append(point)
