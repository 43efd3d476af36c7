"""A method of somebody else's class, with something of labotel's around it."""

from collections.abc import Callable
from typing import Any


class Wrapping:
    """One method of a class in place of its own; `connect` and `disconnect` it."""

    def __init__(self, kind: str, name: str, around: Callable[[Any], Any]) -> None:
        self._kind = kind
        self._name = name
        self._around = around
        self._wrapped: tuple[Any, Any, Any] | None = None

    def connect(self, module: Any) -> None:
        """Wrap the method of the class in this module."""
        if self._wrapped is None:
            kind = getattr(module, self._kind)
            original = getattr(kind, self._name)
            made = self._around(original)
            setattr(kind, self._name, made)
            self._wrapped = kind, original, made

    def disconnect(self) -> None:
        """Give the class its own method back, unless somebody else's wrapping stands on it."""
        if self._wrapped is None:
            return
        kind, original, made = self._wrapped
        self._wrapped = None
        if getattr(kind, self._name) is made:
            setattr(kind, self._name, original)
