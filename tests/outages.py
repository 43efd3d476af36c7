"""The queues of one process, whose time and whose receiver are as a test says."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from labotel.export import folder as folders
from labotel.export.batches import Batches
from labotel.export.courier import Courier
from labotel.export.outbox import always
from labotel.export.settings import resolve
from labotel.export.wire import instance
from labotel.export.wire_logs import LogEncoder
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.cells import Meter
from labotel.signals.pipeline import Pipeline
from labotel.signals.records import Line
from labotel.signals.spans import PseudonymSource
from labotel.viewer.receiver import Receiver
from running import SCRIPT

STEADY = (
    SCRIPT
    + """
import signal, threading
from opentelemetry import trace
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
tracer = trace.get_tracer("app")
number = 0
while not ended.wait(0.005):
    with tracer.start_as_current_span(f"step {number}"):
        labotel.emit(Ordered(size="small", order_id=number))
    number += 1
print("said", number, flush=True)
labotel.shutdown()
"""
)
"""Says one thing after the other until it is told to end."""


def waiting_items(runtime: Path, files: str = "*/left-*") -> int:
    """Return how many spans and log records wait on disk, by the names of the files."""
    return sum(int(path.name.split("-")[3]) for path in runtime.glob(files))


class Process:
    """One process's queues, whose time passes as the test says."""

    def __init__(self, endpoint: str, root: Path | None, **keywords: Any) -> None:
        self.settings, problems = resolve({"endpoint": endpoint, **keywords}, {}, {})
        assert problems == []
        pseudonyms = Pseudonyms(b"key")
        self.pipeline = Pipeline(PseudonymSource(lambda: pseudonyms))
        self.pipeline.logs_limit = self.settings.log_queue
        self.courier = Courier(self.settings, self.pipeline.tally)
        folder = None if root is None else folders.RuntimeFolder(root, "lab", "x")
        keeper: Any = SimpleNamespace(folder=folder)
        spans = self.pipeline.logs.__class__()
        self.batches = Batches(self.settings, self.pipeline, spans, keeper, self.courier)
        self.batches.resource = instance({"service.name": "lab"}, "x-0")
        self.batches.encoders = {"logs": LogEncoder(pseudonyms).encode}
        self.said = 0
        self.lost: dict[str, int] = {}

    def say(self, count: int = 1, size: int = 0) -> None:
        """Say so many log lines, numbered."""
        for _ in range(count):
            text = f"{self.said}{'x' * size}"
            self.pipeline.logs.append(Line("app", 20, text, self.said + 1, None, None, {}))
            self.said += 1

    def forward(self, due: bool = True, deadline: float = 1e12) -> bool:
        """Send what waits, as the sender's thread does."""
        done = self.batches.forward("logs", deadline, due, always)
        self.pipeline.trim()
        meter = Meter()
        self.pipeline.tally.settle(meter, 10**18)
        for (signal, reason), cell in _cells(meter, "labotel_dropped_total").items():
            self.lost[f"{signal} {reason}"] = self.lost.get(f"{signal} {reason}", 0) + cell.value
        return done


def _cells(meter: Meter, name: str) -> dict[Any, Any]:
    return meter.metrics[name].cells if name in meter.metrics else {}


class Clock:
    """Stands for the time module of those who wait."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        """Return the time that the test says it is."""
        return self.now

    def time(self) -> float:
        """Return the same."""
        return self.now


class Outage:
    """A receiver that may be away, and then says so by 503."""

    def __init__(self) -> None:
        self.away = False
        self.receiver = Receiver(
            respond=lambda signal: (503, {}, b"") if self.away else None, keep_history=True
        )

    @property
    def arrived(self) -> list[int]:
        """The numbers of the lines, in the order of their arrival."""
        return [int(record.body.rstrip("x")) for record in self.receiver.logs]
