"""The requests that a process works on at this moment, by their routes."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from labotel.catalogs.http import UNMATCHED, Method
from labotel.events.fields import OTHER_LABEL
from labotel.policy.cardinality import SERIES_LIMIT

# A Literal has its values at run time, which typing does not say.
METHODS: Final = frozenset(Method.__args__) - {OTHER_LABEL}  # type: ignore[attr-defined]


class RequestsInProgress:
    """Requests between their begin and their end.

    The handler sets and pops in `live`, by the request's id: no lock, nothing else on the path of
    a request. The rest is worked out when somebody reads.
    """

    def __init__(self) -> None:
        self.live: dict[int, Any] = {}
        self._seen: set[tuple[str, str]] = set()

    def forget(self) -> None:
        """Forget, in a forked child, its parent's requests."""
        self.live.clear()
        self._seen.clear()

    def ended(self, method: str, route: str) -> None:
        """Remember a request that has ended: between two readings it may have come and gone."""
        if len(self._seen) < SERIES_LIMIT:
            self._seen.add((method, route))

    def read(self) -> Iterator[tuple[str, str, int]]:
        """Give method, route and number; what has ended once is 0 from then on.

        Django writes the match on the request when it has resolved the route: a request counts
        from then on, so none is without a route.
        """
        now = Counter(
            (method_of(request), route_of(request))
            for request in list(self.live.values())
            if request.resolver_match is not None
        )
        for labels in self._seen | now.keys():
            yield *labels, now[labels]


def method_of(request: Any) -> str:
    """Return a request's method, where it is one that is known."""
    return request.method if request.method in METHODS else OTHER_LABEL


def route_of(request: Any) -> str:
    """Return the route that a request matched, as the URL configuration has it."""
    match = request.resolver_match
    if match is None:
        return UNMATCHED
    return match.route or "/"
