"""An observer that is imported when it is connected: a process that needs none pays for none."""

from collections.abc import Callable
from typing import Any


class Later:
    """An observer that `make` makes; `connect` and `disconnect` it."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def connect(self, module: Any) -> None:
        """Make it, where that was not done before, and connect it."""
        if self._made is None:
            self._made = self._make()
        self._made.connect(module)

    def disconnect(self) -> None:
        """Disconnect it."""
        if self._made is not None:
            self._made.disconnect()
