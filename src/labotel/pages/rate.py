"""A bucket of tokens: so many a second, and no more at once."""

import threading
import time
from collections.abc import Callable


class Bucket:
    """Lets `rate` calls through a second, and as many (at least one) at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tokens: float | None = None
        self._at = 0.0
        self._guard = threading.Lock()

    def forget(self) -> None:
        """Begin anew, in a forked child: a thread of the parent's may hold the lock."""
        self._tokens, self._guard = None, threading.Lock()

    def wait(self, rate: float) -> float:
        """Take a token and return 0; else return how long, in s, until there is one."""
        most = max(1.0, rate)
        with self._guard:
            now = self._clock()
            left = most if self._tokens is None else self._tokens + (now - self._at) * rate
            self._tokens, self._at = min(most, left), now
            if self._tokens >= 1:
                self._tokens -= 1
                return 0.0
            return (1 - self._tokens) / rate
