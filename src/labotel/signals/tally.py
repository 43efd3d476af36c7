"""What labotel knows of itself: counted without a lock, added up at the next drain.

Counting may happen in a signal handler or a destructor, so it is one append; metrics and the
rate-limited warnings come of it on labotel's own thread.
"""

import logging
import time
from collections import deque
from typing import Final

from labotel.signals.cells import Meter, Metric

logger = logging.getLogger("labotel")

SELF: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "labotel_events_emitted_total": ((), "Events taken in by emit."),
    "labotel_events_rejected_total": (("event",), "Events with a wrong or missing field."),
    "labotel_values_replaced_total": (
        ("metric_label", "reason"),
        "Label values replaced by 'other': outside their type (value) or past a cap (limit).",
    ),
    "labotel_measurements_refused_total": (("metric",), "Values that no instrument can take."),
    "labotel_series_overflow_total": (("metric",), "Events counted in a metric's overflow series."),
    "labotel_dropped_total": (("signal", "reason"), "Spans and log records that were lost."),
    "labotel_exported_total": (("signal",), "Spans, log records and points a receiver took."),
    "labotel_export_failures_total": (("signal", "reason"), "Requests that a receiver refused."),
    "labotel_faults_total": (("where",), "Faults of labotel's own, kept from the application."),
}
WARN_EVERY: Final = 60.0


class Tally:
    """Counts of labotel's own, and warnings that are said once a minute each."""

    def __init__(self) -> None:
        self._pending: deque[tuple[str, tuple[str, ...], int]] = deque()
        self._warnings: deque[tuple[str, str]] = deque(maxlen=1000)
        self._said: dict[str, float] = {}

    def count(self, name: str, *labels: str, n: int = 1) -> None:
        """Add `n` to a self-metric."""
        self._pending.append((name, labels, n))

    def warn(self, key: str, text: str) -> None:
        """Let `text` be logged soon, at most once a minute for each `key`."""
        self._warnings.append((key, text))

    def fault(self, where: str, error: BaseException) -> None:
        """Count a fault of labotel's own; it goes no further."""
        self.count("labotel_faults_total", where)
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        at = f" at {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
        self.warn(
            f"fault {where}",
            f"labotel: a fault in {where}, kept from the application: {type(error).__name__}{at}",
        )

    def settle(self, meter: Meter, now: int) -> None:
        """Add what was counted to the self-metrics (under the drain lock)."""
        pending = self._pending
        for _ in range(len(pending)):
            name, labels, n = pending.popleft()
            metric_of(meter, name).cell(labels, now).value += n

    def speak(self) -> None:
        """Log the warnings that are due (outside every lock, on labotel's own thread)."""
        now = time.monotonic()
        while self._warnings:
            key, text = self._warnings.popleft()
            if now - self._said.get(key, -WARN_EVERY) >= WARN_EVERY:
                self._said[key] = now
                try:
                    logger.warning("%s", text)
                except Exception:  # a filter or handler of the application's may raise
                    self.count("labotel_faults_total", "logging")

    def clear(self) -> None:
        """Forget everything: a forked child starts with nothing of its parent's."""
        self._pending.clear()
        self._warnings.clear()


def metric_of(meter: Meter, name: str) -> Metric:
    """Return the self-metric called `name`."""
    labels, description = SELF[name]
    return meter.get(name, Metric(name, "counter", labels, description=description))
