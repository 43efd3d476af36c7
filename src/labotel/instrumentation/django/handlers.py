"""Django's connection handlers, of databases and of caches: what they have made."""

import weakref
from collections.abc import Iterator
from typing import Any


class Made:
    """Objects, for as long as something else keeps them; other threads add while one iterates."""

    def __init__(self) -> None:
        self._refs: dict[int, weakref.ref[Any]] = {}

    def add(self, made: Any) -> None:
        """Know an object from now on."""
        refs, key = self._refs, id(made)
        refs[key] = weakref.ref(made, lambda _: refs.pop(key, None))

    def clear(self) -> None:
        """Know none any more."""
        self._refs.clear()

    def __iter__(self) -> Iterator[Any]:
        for ref in list(self._refs.values()):
            made = ref()
            if made is not None:
                yield made


def initialized(handler: Any) -> dict[str, Any]:
    """Return what a handler has made in this thread, by alias.

    Looking at a handler before Django's settings are complete would fix its aliases as none.
    """
    if "settings" not in vars(handler):
        return {}
    held = handler._connections
    return {alias: getattr(held, alias) for alias in handler if hasattr(held, alias)}


def databases(handler: Any) -> list[str]:
    """Return the aliases in Django's settings, once Django itself has looked at them."""
    configured = vars(handler).get("settings") or {}
    return [a for a, said in configured.items() if not said.get("ENGINE", "").endswith(".dummy")]
