"""Pipelines that export nothing: one that keeps what is said, and one that keeps nothing."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final

from opentelemetry.sdk.trace import ReadableSpan

from labotel.events.event import Event
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.cells import Meter
from labotel.signals.pipeline import WAKE, Pipeline
from labotel.signals.records import Foreign, Line
from labotel.signals.spans import PseudonymSource
from labotel.testing.clock import HeldClock
from labotel.testing.spans import Kept
from labotel.testing.still import reading_gauges

LIMIT: Final = 50_000
"""Events, log lines and spans that a recording keeps of each; metrics count all."""


class Unheard(Pipeline):
    """Judges what an application under test says while no test records, and forgets it."""

    def __init__(self, pseudonyms: PseudonymSource) -> None:
        super().__init__(pseudonyms)
        self.started = True

    def _attend(self) -> None:
        self.queue.clear()
        self.tally.clear()

    def line(self, line: Line | Foreign) -> None:
        """Take a log line, and forget it."""


class Recorder(Pipeline):
    """The pipeline of one recording: the real one, drained on the thread that asks.

    What leaves the queue for the cells is kept in `said`, in its order; events of whatever class
    that are past the limit are counted in `dropped`.
    """

    def __init__(self, pseudonyms: Callable[[], Pseudonyms], limit: int = LIMIT) -> None:
        self.clock = HeldClock()
        super().__init__(PseudonymSource(pseudonyms), self.clock.now)
        self.kept = Kept(limit)
        self.said: deque[tuple[Any, ...]] = deque(maxlen=limit)
        self.lines: deque[Line] = deque(maxlen=limit)
        self.dropped: Counter[type[Event]] = Counter()
        self.logs = deque(maxlen=0)  # nobody exports the records of events
        self.started = True

    def _make_emit(self) -> Callable[[Event], None]:
        take = super()._make_emit()

        def emit(event: Event) -> None:
            if not reading_gauges():  # to ask must not change what was said
                take(event)

        return emit

    @property
    def spans(self) -> deque[ReadableSpan]:
        """The finished spans."""
        return self.kept.finished

    def clear(self) -> None:
        """Forget all that was said so far."""
        with self.lock:
            self.queue.clear()
            self.said.clear()
            self.lines.clear()
            self.dropped.clear()
            self.kept.clear()
            self.tally.clear()
            self.meter = Meter()
            self._aggregates = {}

    def after_fork(self) -> None:
        """Do without a lock that another thread of the parent may hold, in a child."""
        self.lock = threading.Lock()

    def line(self, line: Line | Foreign) -> None:
        """Take a log line; what goes through OpenTelemetry's logs API is no line of logging."""
        if isinstance(line, Line):
            self.lines.append(line)

    def _attend(self) -> None:
        if self.lock.acquire(blocking=False):
            try:
                self._drain(WAKE)
            finally:
                self.lock.release()

    def _drain(self, most: int) -> None:
        queue, said = self.queue, self.said
        due = min(most, len(queue))
        for i in range(due):  # others append meanwhile, so that nobody can iterate
            if len(said) == said.maxlen:
                self.dropped[said[0][0]] += 1
            said.append(queue[i])
        super()._drain(due)
