"""Encodes what waits and sends it: batches of spans and log records, and the metrics."""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from labotel.export import snapshot, wire, wire_metrics
from labotel.export.batches import QUEUED, Batches
from labotel.export.courier import Courier
from labotel.export.idle import IdleSlots, sent
from labotel.export.keeper import Keeper
from labotel.export.settings import Settings
from labotel.export.wire_logs import LogEncoder
from labotel.export.wire_spans import SpanEncoder
from labotel.export.withdrawn import MOMENTARY, Held
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.cells import Cell
from labotel.signals.pipeline import LOCK_WAIT, Pipeline

DELTAS: Final = 100
"""Requests of delta points that are kept in memory where no disk keeps them: each is news."""


class Exporter:
    """Sends one process's signals (on labotel's own thread, or on a thread that flushes)."""

    def __init__(
        self,
        settings: Settings,
        attributes: dict[str, Any],
        pipeline: Pipeline,
        spans: deque[Any],
        keeper: Keeper,
    ) -> None:
        self._settings = settings
        self._attributes = attributes
        self._pipeline = pipeline
        self._keeper = keeper
        self.courier = Courier(settings, pipeline.tally)
        self.batches = Batches(settings, pipeline, spans, keeper, self.courier)
        self.others: Callable[[], bytes] | None = None
        """Gives the application's own instruments as ScopeMetrics fields, or nothing."""
        self._state = wire_metrics.Exported(settings.temporality != "cumulative")
        self._idle = IdleSlots(keeper, pipeline.tally)
        self._deltas: deque[tuple[bytes, int]] = deque()
        self._momentary = Held()
        self._resource = b""

    def prepare(self) -> None:
        """Make what needs the identity and the pseudonyms' key."""
        self._resource = wire.instance(self._attributes, self._keeper.identity)
        try:
            pseudonyms = self._pipeline.pseudonyms()
        except Exception as error:  # without a key of the settings, one that nobody else has
            self._pipeline.tally.fault("pseudonym_key", error)
            pseudonyms = Pseudonyms(secrets.token_bytes(32))
        self.batches.resource = self._resource
        self.batches.encoders = {
            "traces": SpanEncoder(pseudonyms).encode,
            "logs": LogEncoder(pseudonyms).encode,
        }
        if self._state.delta:  # what the slot carries was exported by whoever had it before
            now = time.time_ns()
            for metric in self._pipeline.meter:
                wire_metrics.metric(metric, now, self._state)

    def tell(self) -> None:
        """Measure what waits, as self-metrics."""
        tally, batches = self._pipeline.tally, self.batches
        tally.measure("labotel_queued", "events", value=len(self._pipeline.queue))
        for signal in QUEUED:
            tally.measure("labotel_queued", signal, value=batches.waiting(signal))
        lease = self._keeper.lease
        if batches.outbox is not None and lease is not None and lease.held():
            tally.measure("labotel_disk_queue_bytes", value=batches.outbox.size())

    def leave(self, deadline: float) -> None:
        """Leave what waits to whoever is awake after this process, as far as the time allows."""
        self.batches.leave(deadline)
        self._deltas.extend((body, 0) for body in self._last_points())
        self._park()

    def _park(self) -> None:
        """Keep on disk the points that nobody can carry on; where there is none, the newest."""
        outbox, deltas = self.batches.outbox, self._deltas
        while outbox is not None and deltas and outbox.put("metrics", *deltas[0]):
            deltas.popleft()
        while len(deltas) > DELTAS:
            _, points = deltas.popleft()
            self._pipeline.tally.count("labotel_dropped_total", "metrics", "queue_full", n=points)

    def _last_points(self) -> list[bytes]:
        """Return what nobody can carry on: deltas since the last export, and ends of series."""
        now, made = time.time_ns(), []
        # A handler may have interrupted whoever holds the lock; then it is not to be had.
        if self._state.delta and self._pipeline.lock.acquire(timeout=LOCK_WAIT):
            try:
                made += [wire_metrics.metric(m, now, self._state)[0] for m in self._pipeline.meter]
            finally:
                self._pipeline.lock.release()
        made += self._momentary.ended([], now)
        return [wire.request(self._resource, [(wire.scope("labotel"), made)])] if made else []

    def metrics(self, deadline: float, last: bool = False) -> bool:
        """Write the slot and send its metrics, and those of the slots that nobody holds.

        With the `last` export of a process, what it said of the moment ends.
        """
        if self._settings.metrics_exporter != "otlp":
            self._keeper.save()
            return True
        pipeline, now = self._pipeline, self._state.moment(time.time_ns())
        with self._keeper.writing:
            with pipeline.lock:
                text = snapshot.dump(pipeline.meter)
                shown = [m for m in pipeline.meter if m.cells]
                if last:
                    shown = [m for m in shown if m.kind not in MOMENTARY]
                made = [wire_metrics.metric(m, now, self._state) for m in shown]
                fresh = pipeline.meter.touch()
            self._keeper.put(text)  # before the export: a successor must not start below it
        scopes = wire.block(
            b"\x12",
            wire.scope("labotel")
            + b"".join(wire.block(b"\x12", message) for message, _ in made)
            + b"".join(wire.block(b"\x12", m) for m in self._momentary.ended(shown, now)),
        )
        body = wire.block(b"\x0a", self._resource + scopes + self._others())
        count = sum(points for _, points in made)
        idle, touched = (b"", {}) if self._state.delta else self._idle.encode(now)
        if self._state.delta:
            return self._send_deltas(body, count, now, fresh, deadline)
        answer = self.courier.send("metrics", body + idle, count, deadline)
        if answer.outcome == "taken":
            self._state.time = now
            self._momentary.taken()
            sent(fresh)
            self._idle.mark(touched)
        return answer.outcome == "taken"

    def _others(self) -> bytes:
        """Return the application's own instruments; one that cannot be encoded costs them alone."""
        try:
            return self.others() if self.others is not None else b""
        except Exception as error:
            self._pipeline.tally.fault("application_metrics", error)
            return b""

    def _send_deltas(
        self, body: bytes, count: int, now: int, fresh: Iterable[Cell], deadline: float
    ) -> bool:
        self._deltas.append((body, count))
        self._momentary.taken()
        self._state.time = now
        while self._deltas:
            answer = self.courier.send("metrics", *self._deltas[0], deadline)
            if answer.outcome == "again":
                if answer.rest is not None:
                    self._deltas[0] = answer.rest
                self._park()
                return False
            self._deltas.popleft()
        sent(fresh)
        return True
