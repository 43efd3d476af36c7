"""Encodes what waits and sends it: batches of spans and log records, and the metrics."""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from labotel.export import outbox, snapshot, wire, wire_metrics
from labotel.export.foreign import ForeignLogs
from labotel.export.idle import IdleSlots, sent
from labotel.export.keeper import Keeper
from labotel.export.settings import Settings, Signal
from labotel.export.transport import FIXES, SIGNALS, Answer, Transport
from labotel.export.wire_logs import LogEncoder
from labotel.export.wire_spans import SpanEncoder
from labotel.export.withdrawn import MOMENTARY, Held
from labotel.policy.pseudonyms import Pseudonyms
from labotel.policy.scrubbing import scrub_url
from labotel.signals.cells import Cell
from labotel.signals.pipeline import Pipeline

Encode = Callable[[bytes, Iterable[Any]], bytes]

BACKOFF: Final = (1.0, 30.0)
"""After a failure the next try waits 1 s, then twice as long each time, at most 30 s."""
DELTAS: Final = 100
"""Requests of delta points that are kept while the receiver is away: each holds new values."""


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
        self._spans = spans
        self.transport = Transport(settings)
        self.others: Callable[[], bytes] | None = None
        """Gives the application's own instruments as ScopeMetrics fields, or nothing."""
        self.foreign_logs: ForeignLogs | None = None
        self._state = wire_metrics.Exported(settings.temporality != "cumulative")
        self._idle = IdleSlots(keeper, pipeline.tally)
        self._deltas: deque[bytes] = deque(maxlen=DELTAS)
        self._momentary = Held()
        self._held: dict[Signal, tuple[bytes, int]] = {}
        self._wait: dict[Signal, tuple[float, float]] = {}
        self._encoders: dict[Signal, Encode] | None = None
        self._resource = b""

    def prepare(self) -> None:
        """Make what needs the identity and the pseudonyms' key."""
        self._resource = wire.instance(self._attributes, self._keeper.identity)
        try:
            pseudonyms = self._pipeline.pseudonyms()
        except Exception as error:  # without a key of the settings, one that nobody else has
            self._pipeline.tally.fault("pseudonym_key", error)
            pseudonyms = Pseudonyms(secrets.token_bytes(32))
        self._encoders = {
            "traces": SpanEncoder(pseudonyms).encode,
            "logs": LogEncoder(pseudonyms).encode,
        }
        if self._state.delta:  # what the slot carries was exported by whoever had it before
            now = time.time_ns()
            for metric in self._pipeline.meter:
                wire_metrics.metric(metric, now, self._state)

    def due(self, signal: Signal) -> bool:
        """Tell whether a signal may be tried again after its last failure."""
        return time.monotonic() >= self._wait.get(signal, (0.0, 0.0))[0]

    def _send(self, signal: Signal, body: bytes, deadline: float) -> Answer:
        timeout = deadline - time.monotonic()
        answer = self.transport.send(signal, body, timeout)
        if answer.outcome == "again":
            _, pause = self._wait.get(signal, (0.0, 0.0))
            pause = min(BACKOFF[1], max(BACKOFF[0], pause * 2, answer.after))
            self._wait[signal] = (time.monotonic() + pause, pause)
        else:
            self._wait.pop(signal, None)
        if answer.outcome != "taken":
            tally = self._pipeline.tally
            tally.count("labotel_export_failures_total", signal, answer.reason)
            url = scrub_url(self._settings.target(signal).url)
            what = "is tried again" if answer.outcome == "again" else "was refused and is dropped"
            fix = f" ({FIXES[answer.reason]})" if answer.reason in FIXES else ""
            tally.warn(
                f"send {signal}",
                f"labotel: {signal} to {url}: {answer.reason}{fix}; a request {what}",
            )
        self._pipeline.slow_receiver = answer.outcome == "again"
        return answer

    def _queue(self, signal: Signal) -> tuple[deque[Any], int]:
        if signal == "traces":
            return self._spans, self._settings.span_batch
        return self._pipeline.logs, self._settings.log_batch

    def _next(self, signal: Signal) -> tuple[bytes, int] | None:
        """Return the next request of a signal: the one that is held, else a new batch."""
        held = self._held.get(signal)
        if held is not None:
            return held
        queue, size = self._queue(signal)
        batch = []
        for _ in range(min(size, len(queue))):
            try:
                batch.append(queue.popleft())
            except IndexError:
                break
        if not batch:
            return None
        self._held[signal] = made = (self._encode(signal, batch), len(batch))
        return made

    def _encode(self, signal: Signal, batch: list[Any]) -> bytes:
        assert self._encoders is not None  # `prepare` comes before every use
        encode = self._encoders[signal]
        try:
            return encode(self._resource, batch)
        except Exception as error:
            self._pipeline.tally.fault("encode", error)
        good = []
        for item in batch:  # one item that cannot be encoded does not cost the others
            try:
                encode(self._resource, [item])
                good.append(item)
            except Exception:
                self._pipeline.tally.count("labotel_dropped_total", signal, "encode")
        return encode(self._resource, good)

    def batches(self, signal: Signal, deadline: float, full: bool = False) -> bool:
        """Send the batches that wait (the full ones alone, with `full`); True when all went."""
        if self._settled_elsewhere(signal):
            return True
        queue, size = self._queue(signal)
        while not full or len(queue) >= size or signal in self._held:
            made = self._next(signal)
            if made is None:
                return True
            body, count = made
            if time.monotonic() >= deadline:
                return False
            answer = self._send(signal, body, deadline)
            if answer.outcome == "again":
                return False
            self._held.pop(signal, None)
            self._settle(signal, count, answer)
        return True

    def _settled_elsewhere(self, signal: Signal) -> bool:
        """Tell whether a signal is not exported here, after it was said where it belongs."""
        queue, _ = self._queue(signal)
        if self._settings.values[f"{signal}_exporter"] == "none":
            queue.clear()
            return True
        if signal == "logs" and self.foreign_logs is not None:
            self.foreign_logs.say(queue, self._pipeline.pseudonyms())
            return True
        return False

    def _settle(self, signal: Signal, count: int, answer: Answer) -> None:
        tally = self._pipeline.tally
        lost = count if answer.outcome == "refused" else min(answer.rejected, count)
        if lost:
            tally.count("labotel_dropped_total", signal, answer.reason or "rejected", n=lost)
        if count > lost:
            tally.count("labotel_exported_total", signal, n=count - lost)

    def leave(self, deadline: float) -> None:
        """Leave what waits to whoever is awake after this process, as far as the time allows."""
        folder, tally = self._keeper.folder, self._pipeline.tally
        for signal in ("traces", "logs"):
            if self._settled_elsewhere(signal):
                continue
            queue, _ = self._queue(signal)
            while time.monotonic() < deadline and (made := self._next(signal)) is not None:
                self._held.pop(signal, None)
                if folder is None or not outbox.leave(folder, signal, made[0]):
                    reason = "no_folder" if folder is None else "disk_full"
                    tally.count("labotel_dropped_total", signal, reason, n=made[1])
            if queue:
                tally.count("labotel_dropped_total", signal, "deadline", n=len(queue))
                queue.clear()
        if folder is not None:
            for body in [*self._deltas, *self._last_points()]:
                outbox.leave(folder, "metrics", body)

    def _last_points(self) -> list[bytes]:
        """Return what nobody can carry on: deltas since the last export, and ends of series."""
        now, made = time.time_ns(), []
        if self._state.delta:
            with self._pipeline.lock:
                made += [wire_metrics.metric(m, now, self._state)[0] for m in self._pipeline.meter]
        made += self._momentary.ended([], now)
        return [wire.request(self._resource, [(wire.scope("labotel"), made)])] if made else []

    def deliver(self, deadline: float) -> None:
        """Send what ended processes left."""
        if self._keeper.folder is not None and self.due("traces") and self.due("logs"):
            outbox.deliver(
                self._keeper.folder,
                lambda signal, body: self._send(signal, body, deadline),
                [s for s in SIGNALS if self._settings.values[f"{s}_exporter"] == "otlp"],
            )

    def metrics(self, deadline: float, last: bool = False) -> bool:
        """Write the slot and send its metrics, and those of the slots that nobody holds.

        With the `last` export of a process, what it said of the moment ends.
        """
        if self._settings.metrics_exporter != "otlp":
            self._keeper.save()
            return True
        pipeline, now = self._pipeline, time.time_ns()
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
            return self._send_deltas(body, now, fresh, deadline)
        answer = self._send("metrics", body + idle, deadline)
        self._settle("metrics", count if answer.outcome != "again" else 0, answer)
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

    def _send_deltas(self, body: bytes, now: int, fresh: Iterable[Cell], deadline: float) -> bool:
        self._deltas.append(body)
        self._momentary.taken()
        self._state.time = now
        while self._deltas:
            if self._send("metrics", self._deltas[0], deadline).outcome == "again":
                return False
            self._deltas.popleft()
        sent(fresh)
        return True
