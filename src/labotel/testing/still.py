"""The runtime of an application under test: its settings, and nothing that runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from labotel.export.runtime import Runtime


class Still(Runtime):
    """Starts no thread, takes no slot, makes no folder and opens no connection."""

    def start(self) -> None:
        """Start nothing."""

    def attend(self) -> None:
        """Wake nobody: whoever asks drains."""

    def ready(self, timeout: float) -> bool:
        """Tell that there is nothing to wait for."""
        return True

    def flush(self, timeout: float, last: bool = False) -> bool:
        """Tell that nothing is left to send."""
        return True

    def shutdown(self, timeout: float) -> bool:
        """Tell that it ended."""
        self.closed = True
        return True

    def end_child(self) -> None:
        """End nothing: a task's worker in a test is the test's own process."""

    def is_own_thread(self) -> bool:
        """Tell whether the present thread does labotel's work: there is no thread of its own."""
        return reading_gauges()


_reading = threading.local()


def reading_gauges() -> bool:
    """Tell whether the present thread asks suppliers: in production it would be labotel's own."""
    return bool(getattr(_reading, "on", False))


@contextmanager
def as_labotel() -> Iterator[None]:
    """Have the present thread count as labotel's: what it does is not observed."""
    _reading.on = True
    try:
        yield
    finally:
        _reading.on = False
