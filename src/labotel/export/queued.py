"""A check of labotel's own queues: what waits, what was lost, and whether a receiver answers."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from labotel.export.runtime import Runtime
from labotel.pages.health import Check, Finding, Maker

FULL: Final = 0.5
"""The share of a queue's limit past which it is a warning."""
REMEMBERED: Final = 300.0
"""How long, in s, what was lost is a warning."""


def queued(runtime: Runtime) -> Maker:
    """Return what gives the check; never more than a warning: no request needs telemetry."""
    lost = _Lost()

    def checks(settings: Mapping[str, Any]) -> Iterable[Check]:
        yield Check("queue", lambda: _queue(runtime, lost), vital=False)

    return checks


class _Lost:
    """How many spans and log records were lost of late, as far as anybody asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known = 0
        self._at: float | None = None

    def of_late(self, total: int) -> bool:
        """Tell whether the total grew within the time that is remembered."""
        now = self._clock()
        if total > self._known:
            self._at = now
        self._known = total
        return self._at is not None and now - self._at < REMEMBERED


def _queue(runtime: Runtime, lost: _Lost) -> Finding:
    pipeline = runtime.pipeline
    settings = runtime.settings
    waiting = {
        "spans": (len(runtime.spans.spans), settings.span_queue),
        "log records": (len(pipeline.logs), settings.log_queue),
    }
    dropped = pipeline.meter.metrics.get("labotel_dropped_total")
    total = sum(int(cell.value) for cell in list(dropped.cells.values())) if dropped else 0
    texts = [f"{n} {what} wait" for what, (n, _) in waiting.items()]
    texts.append(f"{total} lost")
    full = any(n > limit * FULL for n, limit in waiting.values())
    away = runtime.exporter.courier.answered is False
    if away:
        texts.append("the receiver does not answer")
    bad = lost.of_late(total) or full or away
    return Finding("warning" if bad else "healthy", ", ".join(texts))
