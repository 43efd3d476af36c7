"""Stretches of the main thread that an end by a signal lets finish.

A handler runs in the middle of whatever the main thread does. Where that holds the drain lock,
nobody could drain what waits any more; so the end comes when the stretch is done, well below a
millisecond later.
"""

import threading
from collections.abc import Callable


class Unbroken:
    """A stretch, as a context; on other threads than the main one it does nothing."""

    def __init__(self) -> None:
        self._depth = 0
        self._after: Callable[[], None] | None = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._depth += 1

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        self._depth -= 1
        if not self._depth and self._after is not None:
            after, self._after = self._after, None
            after()

    def postpones(self, act: Callable[[], None]) -> bool:
        """Tell whether a handler came in a stretch; then `act` is called at its end."""
        if self._depth:
            self._after = act
        return bool(self._depth)
