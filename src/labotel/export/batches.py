"""Spans and log records on their way: from memory to the receiver, or to disk while it is away."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from labotel.export.courier import Courier
from labotel.export.foreign import ForeignLogs
from labotel.export.keeper import Keeper
from labotel.export.outbox import Outbox, always
from labotel.export.settings import Settings, Signal
from labotel.signals.pipeline import Pipeline

Encode = Callable[[bytes, Iterable[Any]], bytes]
QUEUED: Final[tuple[Signal, ...]] = ("traces", "logs")
"""What waits: metrics never do, the slot is their queue."""


class Batches:
    """The queues of one process."""

    def __init__(
        self,
        settings: Settings,
        pipeline: Pipeline,
        spans: deque[Any],
        keeper: Keeper,
        courier: Courier,
    ) -> None:
        self._settings = settings
        self._pipeline = pipeline
        self._spans = spans
        self._keeper = keeper
        self._courier = courier
        self.foreign_logs: ForeignLogs | None = None
        self.resource = b""
        self.encoders: dict[Signal, Encode] = {}
        self._held: dict[Signal, tuple[bytes, int]] = {}
        self._spilled_at: dict[Signal, float] = {}
        self._outbox: Outbox | None = None

    @property
    def outbox(self) -> Outbox | None:
        """The queue on disk, or None where there is no folder for it."""
        folder = self._keeper.folder
        if self._outbox is None and folder is not None:
            self._outbox = Outbox(folder, self._settings.disk_queue, self._dropped)
        return self._outbox if folder is not None else None

    def _dropped(self, signal: Signal, items: int) -> None:
        self._pipeline.tally.count("labotel_dropped_total", signal, "disk_queue_full", n=items)

    def queue(self, signal: Signal) -> tuple[deque[Any], int]:
        """Return what waits in memory, and how many of it make a request."""
        if signal == "traces":
            queue, size = self._spans, self._settings.span_batch
        else:
            queue, size = self._pipeline.logs, self._settings.log_batch
        return queue, min(size, self._courier.most.get(signal, size))

    def waiting(self, signal: Signal) -> int:
        """Return how many items of a signal wait in memory."""
        held = self._held.get(signal)
        return len(self.queue(signal)[0]) + (held[1] if held is not None else 0)

    def _next(self, signal: Signal) -> tuple[bytes, int] | None:
        """Return the next request of a signal: the one that is held, else a new batch."""
        held = self._held.get(signal)
        if held is not None:
            return held
        queue, size = self.queue(signal)
        batch = []
        for _ in range(min(size, len(queue))):
            try:
                batch.append(queue.popleft())
            except IndexError:
                break
        if not batch:
            return None
        self._held[signal] = made = self._encode(signal, batch)
        return made

    def _encode(self, signal: Signal, batch: list[Any]) -> tuple[bytes, int]:
        encode = self.encoders[signal]
        try:
            return encode(self.resource, batch), len(batch)
        except BaseException as error:  # of a value's own, on labotel's thread
            self._pipeline.tally.fault("encode", error)
        good = []
        for item in batch:  # one item that cannot be encoded does not cost the others
            try:
                encode(self.resource, [item])
                good.append(item)
            except BaseException:
                self._pipeline.tally.count("labotel_dropped_total", signal, "encode")
        return encode(self.resource, good), len(good)

    def send(self, signal: Signal, deadline: float, full: bool = False) -> bool:
        """Send the batches that wait (the full ones alone, with `full`); True when all went."""
        if self.settled_elsewhere(signal):
            return True
        queue, size = self.queue(signal)
        while not full or len(queue) >= size or signal in self._held:
            made = self._next(signal)
            if made is None:
                return True
            if time.monotonic() >= deadline:
                return False
            answer = self._courier.send(signal, *made, deadline)
            # Callers give way to labotel's threads where that lets their records go.
            self._pipeline.slow_receiver = answer.outcome == "again"
            if answer.outcome == "again":
                if answer.rest is not None:
                    self._held[signal] = answer.rest
                return False
            self._held.pop(signal, None)
        return True

    def settled_elsewhere(self, signal: Signal) -> bool:
        """Tell whether a signal is not exported here, after it was said where it belongs."""
        queue, _ = self.queue(signal)
        if self._settings.values[f"{signal}_exporter"] == "none":
            queue.clear()
            return True
        if signal == "logs" and self.foreign_logs is not None:
            self.foreign_logs.say(queue, self._pipeline.pseudonyms())
            return True
        return False

    def spill(self, signal: Signal, everything: bool = False) -> None:
        """Write to disk what fills a batch, and now and then the rest: the receiver is away.

        What cannot be written stays in memory, whose own limits hold.
        """
        outbox = self.outbox
        if outbox is None or self.settled_elsewhere(signal):
            return
        queue, size = self.queue(signal)
        now = time.monotonic()
        since = self._spilled_at.setdefault(signal, now)
        if everything := everything or now - since >= self._settings.metric_interval:
            self._spilled_at[signal] = now
        while (everything and queue) or len(queue) >= size or signal in self._held:
            made = self._next(signal)
            if made is None or not self._keep(outbox, signal, made):
                return

    def _keep(self, outbox: Outbox, signal: Signal, made: tuple[bytes, int]) -> bool:
        if outbox.put(signal, *made):
            self._held.pop(signal, None)
            return True
        self._tell(outbox.problem)
        return False

    def _tell(self, problem: OSError | None) -> None:
        tally = self._pipeline.tally
        tally.count("labotel_faults_total", "disk_queue")
        tally.warn(
            "disk queue",
            f"labotel: the queue on disk cannot be used ({problem}); spans and log "
            "records wait in memory, see the setting `runtime_dir`",
        )

    def leave(self, deadline: float) -> None:
        """Leave what waits to whoever is awake after this process, as far as the time allows."""
        tally = self._pipeline.tally
        for signal in QUEUED:
            if self.settled_elsewhere(signal):
                continue
            queue, _ = self.queue(signal)
            while time.monotonic() < deadline and (made := self._next(signal)) is not None:
                self._held.pop(signal, None)
                outbox = self.outbox
                if outbox is None or not outbox.put(signal, *made):
                    reason = "no_folder" if outbox is None else "disk_full"
                    tally.count("labotel_dropped_total", signal, reason, n=made[1])
            if lost := self.waiting(signal):
                tally.count("labotel_dropped_total", signal, "deadline", n=lost)
                self._held.pop(signal, None)
                queue.clear()

    def deliver(self, signal: Signal, deadline: float, go_on: Callable[[], bool] = always) -> bool:
        """Send what waits of a signal on disk; False where more waits that could be sent."""
        outbox = self.outbox
        if outbox is None or self._settings.values[f"{signal}_exporter"] != "otlp":
            return True
        done = outbox.deliver(
            signal,
            lambda signal, body, items: self._courier.send(signal, body, items, deadline),
            lambda: time.monotonic() < deadline and go_on(),
        )
        if outbox.problem is not None:
            self._tell(outbox.problem)
        return done

    def forward(
        self, signal: Signal, deadline: float, due: bool, go_on: Callable[[], bool]
    ) -> bool:
        """Send what waits, what is older first; False where more waits that could be sent now.

        Unless it is `due`, of what is in memory full batches alone. While the receiver is away, and
        while older requests wait on disk, memory goes there too.
        """
        if (
            self._courier.due(signal)
            and self.deliver(signal, deadline, go_on)
            and self.send(signal, deadline, full=not due)
        ):
            return True
        self.spill(signal)
        return not self._courier.due(signal)
