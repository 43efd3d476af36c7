"""Holding a process's start back while settings are on their way: Django's come after its apps."""

import threading
import time
from collections.abc import Callable
from typing import Final

from labotel.signals.carried import NOTHING

AT_MOST: Final = 5.0
"""How long, in s, the first signal waits before it is asked again whether settings still come."""


class Hold:
    """A start that waits; a timer, not the application, gives up waiting."""

    def __init__(self, go_on: Callable[[], None]) -> None:
        self._go_on = go_on
        self._until = 0.0
        self._timer: threading.Timer | None = None
        self._coming: Callable[[], bool] = lambda: False

    def begin(self, coming: Callable[[], bool]) -> None:
        """Hold from now on; `coming` tells whether the settings are still on their way."""
        self._coming = coming
        self._until = time.monotonic() + AT_MOST

    def holds(self) -> bool:
        """Tell whether a start must wait; the first to ask sets the timer."""
        wait = self._until - time.monotonic()
        if wait <= 0:
            return False
        if self._timer is None:
            self._timer = threading.Timer(wait, self._give_up)
            self._timer.daemon = True
            with NOTHING.in_force():  # not in the trace of whoever said the first thing
                self._timer.start()
        return True

    def _give_up(self) -> None:
        if not self._until:
            return
        if self._coming():
            self._timer = None
            self._until = time.monotonic() + AT_MOST
            self.holds()
        else:
            self._go_on()

    def end(self) -> None:
        """Hold no longer."""
        self._until = 0.0
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()

    def forget(self) -> None:
        """Hold no longer in a forked child: who forks has its settings."""
        self._until, self._timer = 0.0, None
