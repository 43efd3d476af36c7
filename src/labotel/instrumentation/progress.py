"""The requests that a process works on at this moment, by their routes."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from labotel.catalogs.http import REQUESTS_IN_PROGRESS, Method
from labotel.events.fields import OTHER_LABEL
from labotel.instrumentation.supplies import Supplies
from labotel.policy.cardinality import SERIES_LIMIT

# A Literal has its values at run time, which typing does not say.
METHODS: Final = frozenset(Method.__args__) - {OTHER_LABEL}  # type: ignore[attr-defined]

Labels = tuple[str, str]
"""A request's method and route, as labels."""

_tables: Final[list["RequestsInProgress"]] = []
"""Those of all frameworks that serve requests in this process: the gauge is one."""
_supplies: Final = Supplies()


class RequestsInProgress:
    """Requests between their begin and their end; `labels` gives None where none are known yet.

    Whoever serves sets and pops in `live`, by the request's id: no lock, nothing else on the path
    of a request. The rest is worked out when somebody reads.
    """

    def __init__(self, labels: Callable[[Any], Labels | None]) -> None:
        self.live: dict[int, Any] = {}
        self.seen: set[Labels] = set()
        self._labels = labels

    def connect(self) -> None:
        """Be read from now on."""
        if not _tables:
            _supplies.give(REQUESTS_IN_PROGRESS, read)
        _tables.append(self)

    def disconnect(self) -> None:
        """Be read no more."""
        if self in _tables:
            _tables.remove(self)
        if not _tables:
            _supplies.take_back()

    def forget(self) -> None:
        """Forget, in a forked child, its parent's requests."""
        self.live.clear()
        self.seen.clear()

    def ended(self, method: str, route: str) -> None:
        """Remember a request that has ended: between two readings it may have come and gone."""
        if len(self.seen) < SERIES_LIMIT:
            self.seen.add((method, route))

    def now(self) -> Iterator[Labels]:
        """Give the labels of each request that is under way and has them."""
        for request in list(self.live.values()):
            labels = self._labels(request)
            if labels is not None:
                yield labels


def read() -> Iterator[tuple[str, str, int]]:
    """Give method, route and number; what has ended once is 0 from then on."""
    tables = list(_tables)
    now = Counter(labels for table in tables for labels in table.now())
    for labels in now.keys() | {labels for table in tables for labels in list(table.seen)}:
        yield *labels, now[labels]


def method_label(method: Any) -> str:
    """Return a request's method, where it is one that is known."""
    return method if method in METHODS else OTHER_LABEL
