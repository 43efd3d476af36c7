"""Waking and waiting that a signal handler may do.

`threading.Event` holds a lock that is not re-entrant while it is set: a handler that interrupts
`set` and sets the same event waits for itself for ever.
"""

import threading
import time
from collections.abc import Callable


class Alarm:
    """Wakes one thread; ringing never waits, however often and from wherever it is rung."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()

    def ring(self) -> None:
        """Let the thread that waits, or that waits next, go on."""
        try:
            self._lock.release()
        except RuntimeError:  # rung already
            pass

    def wait(self, timeout: float) -> None:
        """Wait until it rings, at most `timeout` s."""
        self._lock.acquire(timeout=timeout)


def wait_until(true: Callable[[], bool], timeout: float) -> bool:
    """Look again and again, for at most `timeout` s; return what was seen last.

    For the few moments that an application waits for labotel: a start, a flush, an end.
    """
    deadline = time.monotonic() + timeout
    pause = 0.0005
    while not true():
        rest = deadline - time.monotonic()
        if rest <= 0:
            return true()
        time.sleep(min(pause, rest))
        pause = min(pause * 1.5, 0.01)
    return True
