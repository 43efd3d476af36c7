"""An observer that is imported and made when the application imports what it observes.

A library that is installed and not used costs a start nothing then.
"""

from collections.abc import Callable
from typing import Any


class Later:
    """Stands for an observer that is not made yet."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._made: Any = None

    def connect(self, module: Any) -> None:
        """Make it at the first time, and connect it."""
        if self._made is None:
            self._made = self._make()
        self._made.connect(module)

    def disconnect(self) -> None:
        """Disconnect it."""
        if self._made is not None:
            self._made.disconnect()
