"""The database connections that Django's wrappers hold open in this process."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from labotel.instrumentation.made import Made


class OpenConnections:
    """Wrappers that have connected once.

    `busy` holds the ids of those in a query: set and popped by whoever executes it, no lock.
    """

    def __init__(self) -> None:
        self._wrappers = Made()
        self.add = self._wrappers.add
        self.busy: dict[int, None] = {}

    def forget(self) -> None:
        """Forget, in a forked child, its parent's connections: it must open its own."""
        self._wrappers.clear()
        self.busy.clear()

    def read(self, aliases: Iterable[str]) -> Iterator[tuple[str, str, int]]:
        """Give alias, state and number, for these aliases and all others that were ever open."""
        wrappers = list(self._wrappers)
        found = Counter((w.alias, self._state(w)) for w in wrappers if w.connection is not None)
        for alias in dict.fromkeys([*aliases, *(w.alias for w in wrappers)]):
            for state in ("active", "idle"):
                yield alias, state, found[alias, state]

    def _state(self, wrapper: Any) -> str:
        return "active" if wrapper.in_atomic_block or id(wrapper) in self.busy else "idle"
