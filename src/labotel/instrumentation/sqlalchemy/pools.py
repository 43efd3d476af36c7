"""The pools of SQLAlchemy's engines: how many connections, and how many of them are lent."""

from collections.abc import Iterator
from typing import Any

from labotel.instrumentation.made import Made


def name_of(engine: Any) -> str:
    """Return what an engine is called: its `logging_name`, else its kind of database.

    Its address has a host, a path and a user in it: none of them is a label.
    """
    return str(getattr(engine, "logging_name", None) or engine.dialect.name)


class Pools:
    """The pools of the engines that were ever asked for a connection in this process."""

    def __init__(self) -> None:
        self._engines = Made()
        self.forget = self._engines.clear

    def add(self, engine: Any) -> None:
        """Know an engine from now on."""
        if engine not in self._engines:
            self._engines.add(engine)

    def connections(self) -> Iterator[tuple[str, str, int]]:
        """Give an engine's name, a state and how many connections are in it."""
        for name, pool in self._counting():
            yield name, "active", pool.checkedout()
            yield name, "idle", pool.checkedin()

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Give how many connections each engine's pool keeps."""
        return self._summed((name, pool.size()) for name, pool in self._counting())

    def overflows(self) -> Iterator[tuple[str, int]]:
        """Give how many connections are open beyond that; SQLAlchemy counts from below 0."""
        return self._summed((name, max(0, pool.overflow())) for name, pool in self._counting())

    def _summed(self, found: Iterator[tuple[str, int]]) -> Iterator[tuple[str, int]]:
        summed: dict[str, int] = {}
        for name, number in found:
            summed[name] = summed.get(name, 0) + number
        return iter(summed.items())

    def _counting(self) -> Iterator[tuple[str, Any]]:
        """Give each pool once: engines with other options share one. Some kinds count nothing."""
        seen = set()
        for engine in self._engines:
            pool = engine.pool
            if id(pool) not in seen and hasattr(pool, "checkedout"):
                seen.add(id(pool))
                yield name_of(engine), pool
