"""The thread that encodes and sends: on its schedule, and when `flush` or `shutdown` ask for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from labotel.events.event import Event
from labotel.export.batches import QUEUED
from labotel.export.exporter import Exporter
from labotel.export.gauging import Gauges
from labotel.export.keeper import Keeper
from labotel.export.settings import Settings, Signal
from labotel.export.suppress import suppress_instrumentation
from labotel.export.wake import Alarm
from labotel.signals.pipeline import Pipeline

TURN: Final = 1.0
"""How long, in s, what waits on disk may be sent before the other signals have their turn."""


@dataclass
class Flush:
    """A wish to have everything sent before a deadline; `done` tells when, `ok` whether."""

    deadline: float
    last: bool = False
    ok: bool = False
    done: bool = False


class Sender:
    """Sends spans and log records by batches or by time, and metrics by time."""

    def __init__(
        self,
        settings: Settings,
        pipeline: Pipeline,
        keeper: Keeper,
        exporter: Exporter,
        gauges: Gauges,
    ) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._keeper = keeper
        self._exporter = exporter
        self._gauges = gauges
        self._wake = Alarm()
        self._flushes: list[Flush] = []
        self._stopping = False
        self.background: frozenset[type[Event]] = frozenset()
        """Events that are no work of their own: a process of nothing else reads its own gauges
        alone, not those of the service."""

    def attend(self) -> None:
        """Look now: a batch is full."""
        self._wake.ring()

    def ask(self, wish: Flush) -> None:
        """Do this next."""
        self._flushes.append(wish)
        self._wake.ring()

    def stop(self) -> None:
        """End soon."""
        self._stopping = True
        self._wake.ring()

    def run(self, ready: Callable[[], bool]) -> None:
        """Be the thread; it begins when the process has its identity."""
        suppress_instrumentation()
        while not ready():
            time.sleep(0.001)
        settings = self._settings
        spans_at = logs_at = time.monotonic()
        metrics_at = spans_at + settings.metric_interval
        while True:
            if not self._flushes and not self._stopping:
                now = time.monotonic()
                self._wake.wait(max(0.02, min(spans_at, logs_at, metrics_at, now + 1.0) - now))
            if self._serve() or self._stopping:
                return
            now = time.monotonic()
            self._try("traces", self._forward, "traces", now >= spans_at)
            self._try("logs", self._forward, "logs", now >= logs_at)
            if now >= spans_at:
                spans_at = now + settings.span_delay
            if now >= logs_at:
                logs_at = now + settings.log_delay
            if now >= metrics_at:
                metrics_at = max(metrics_at + settings.metric_interval, now)
                self._try("metrics", self._metrics, time.monotonic() + settings.timeout)

    def _try(self, where: str, act: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return act(*arguments)
        except BaseException as error:  # also a SystemExit of a callback's: the thread goes on
            self._pipeline.tally.fault(f"export_{where}", error)
            return False

    def _forward(self, signal: Signal, due: bool) -> None:
        now = time.monotonic()
        until, deadline = now + TURN, now + self._settings.timeout

        def go_on() -> bool:
            return time.monotonic() < until and not self._flushes and not self._stopping

        if not self._exporter.batches.forward(signal, deadline, due, go_on):
            self.attend()

    def _metrics(self, deadline: float, wish: Flush | None = None) -> bool:
        exporter, last = self._exporter, wish is not None and wish.last
        exporter.tell()
        self._pipeline.drain()
        if not last:
            worked = self._pipeline.worked(self.background)
            self._gauges.read(worked)
        if wish is None and not exporter.courier.due("metrics"):
            self._keeper.save()  # the slot is the queue
            return False
        exporter.batches.deliver("metrics", deadline)
        return exporter.metrics(deadline, last)

    def _serve(self) -> bool:
        """Do what was asked for; True when this was the last thing to do."""
        last = False
        while self._flushes:
            wish = self._flushes.pop(0)
            if not self._stopping:  # else its end did not wait: slot and leases are given back
                wish.ok = bool(self._try("flush", self._send_all, wish))
            if not wish.ok and not wish.last:  # whoever asked may be killed next; an end leaves it
                for signal in QUEUED:
                    self._try("flush", self._exporter.batches.spill, signal, True)
            last = last or wish.last
            wish.done = True
        return last

    def _send_all(self, wish: Flush) -> bool:
        self._pipeline.drain()
        batches, ok = self._exporter.batches, True
        for signal in QUEUED:
            batches.deliver(signal, wish.deadline)
            ok = batches.send(signal, wish.deadline) and ok
        return self._metrics(wish.deadline, wish) and ok
