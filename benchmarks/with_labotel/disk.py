"""The queue on disk: `python -m benchmarks.with_labotel.disk`."""

import os
from pathlib import Path

from benchmarks.measured import Run, measure
from benchmarks.workload.disk import BODY, REQUESTS
from labotel.export.folder import RuntimeFolder
from labotel.export.outbox import Outbox
from labotel.export.settings import Signal
from labotel.export.transport import Answer

if __name__ == "__main__":
    folder = RuntimeFolder(Path(os.environ["LABOTEL_RUNTIME_DIR"]), "bench", "x")
    lost: list[tuple[Signal, int]] = []
    queue = Outbox(folder, 256 * 1024 * 1024, lambda *what: lost.append(what))

    def take(signal: Signal, body: bytes, items: int) -> Answer:
        """Take a request."""
        assert len(body) == len(BODY) * items
        return Answer("taken")

    def work(begin: int, end: int) -> None:
        """Put and deliver so many."""
        for _ in range(begin, end):
            assert queue.put("logs", BODY, 1)
        assert queue.deliver("logs", take) and not lost

    measure(Run(REQUESTS), work, lambda: None, lambda: None)
