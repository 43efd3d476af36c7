"""Receivers of Celery's signals, connected and disconnected together."""

from typing import Any


class Receivers:
    """What one observer connected: `on` adds a receiver, `disconnect` takes all of them away."""

    def __init__(self) -> None:
        self._connected: list[tuple[Any, Any]] = []

    def on(self, signal: Any, receiver: Any) -> None:
        """Connect a receiver to a signal."""
        signal.connect(receiver, weak=False)  # Celery holds receivers weakly by default
        self._connected.append((signal, receiver))

    def disconnect(self) -> None:
        """Disconnect all of them."""
        while self._connected:
            signal, receiver = self._connected.pop()
            signal.disconnect(receiver)

    def __bool__(self) -> bool:
        return bool(self._connected)
