"""The pools of Redis's clients: which are observed, and how many connections they have."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final

from labotel.instrumentation.made import Made
from labotel.instrumentation.wrapping import Wrapping

_STATE: Final = "db.client.connection.state"


class Pools:
    """The pools that commands came from in this process, and those that kombu made.

    What kombu asks is the transport of tasks, which have spans and metrics of their own; a worker
    asks for the next one all the time.
    """

    def __init__(self) -> None:
        self._used = Made()
        self._transports = Made()
        self.forget = self._used.clear

    def observed(self, pool: Any) -> bool:
        """Tell whether what is asked over a pool is observed; it is known from now on."""
        if pool is None or pool in self._used:
            return True
        if pool in self._transports:
            return False
        self._used.add(pool)
        return True

    def read(self) -> Iterator[tuple[str, int]]:
        """Give a state and how many connections are in it."""
        active = idle = 0
        for pool in self._used:
            used, free = _counted(pool)
            active, idle = active + used, idle + free
        yield "active", active
        yield "idle", idle

    def transports(self) -> list[Wrapping]:
        """Return what learns of kombu's pools, from its module of Redis."""
        return [
            Wrapping(kind, "_get_pool", self._around) for kind in ("Channel", "SentinelChannel")
        ]

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def get_pool(channel: Any, *args: Any, **kwargs: Any) -> Any:
            pool = original(channel, *args, **kwargs)
            self._transports.add(pool)
            return pool

        return get_pool


def _counted(pool: Any) -> tuple[int, int]:
    """Return how many connections are used and how many are not; redis-py 7.2 tells it itself."""
    if hasattr(pool, "get_connection_count"):
        found = {said.get(_STATE): count for count, said in pool.get_connection_count()}
        return found.get("used", 0), found.get("idle", 0)
    used, free = (getattr(pool, f"_{state}_connections", ()) for state in ("in_use", "available"))
    return len(used), len(free)
