"""Objects of somebody else's that are to be looked at later, and not kept alive for that."""

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

    def __contains__(self, made: Any) -> bool:
        return id(made) in self._refs

    def __iter__(self) -> Iterator[Any]:
        for ref in list(self._refs.values()):
            made = ref()
            if made is not None:
                yield made
