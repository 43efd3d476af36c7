"""A request on its way through an application: what becomes known of it, and who says it.

It stands in the environ (or the scope), so that what observes it further inside finds it. Who is
innermost says it: a middleware around a framework that labotel observes adds nothing.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import Tracer

from labotel.catalogs.http import UNMATCHED
from labotel.instrumentation.choices import Values
from labotel.instrumentation.progress import Labels, method_label
from labotel.instrumentation.served import (
    Begun,
    ServedRequests,
    Who,
    failure_now,
    size_of,
    unanswered,
)
from labotel.signals.carried import Carried, actor
from labotel.signals.records import Failure

KEY: Final = "labotel.request"
"""Where it stands in the environ, or in the scope."""
ROUTELESS: Final = "*"
"""The `endpoint` of all requests to an application that has no routes."""


class Passing:
    """One request; what serves it writes on it what it knows."""

    __slots__ = (
        "__weakref__",
        "before",
        "begun",
        "context",
        "endpoint",
        "failure",
        "given_up",
        "gone",
        "method",
        "owner",
        "request_size",
        "response_size",
        "route",
        "status",
        "view",
    )  # fmt: skip

    def __init__(self, owner: Any, method: str, length: Any) -> None:
        self.owner = owner
        self.method = method
        self.request_size = size_of(length)
        self.response_size: int | None = None
        self.status: int | None = None
        self.route: str | None = None
        self.endpoint: str | None = None
        self.view: str | None = None
        self.failure: Failure | None = None
        self.gone = False
        """Whether its client left before the response was whole."""
        self.given_up = False
        self.before: Context = get_current()
        self.context: Context = self.before
        self.begun: Begun | None = None

    def give_up(self) -> None:
        """Let somebody further inside say it, as if nobody had begun it here."""
        if self.begun is None:
            return  # it ended: its environ is used once more
        self.given_up = True
        attach(self.before)  # until whoever began it here ends

    def without_span(self) -> None:
        """Leave its span to a framework that makes one; what never ends is never exported."""
        if self.begun is not None:
            self.begun = self.begun._replace(span=trace.INVALID_SPAN)

    def took(self) -> float:
        """Return for how many s it is under way."""
        begun = self.begun
        return 0.0 if begun is None else (time.perf_counter_ns() - begun.started) / 1e9

    def raised(self) -> None:
        """Keep what the application raises at this moment."""
        if self.status is None:
            self.status = unanswered()
        if self.failure is None and self.status != 499 and not self.gone:
            self.failure = failure_now()


class GatewayRequests(ServedRequests):
    """Observes requests that stand in an environ or a scope."""

    def __init__(
        self, tracer: Tracer, fault: Callable[[str, BaseException], None], settings: Values
    ) -> None:
        super().__init__(tracer, fault, settings)
        self.on = False

    def enter(
        self,
        place: Any,
        owner: Any,
        method: str,
        path: str,
        scheme: str,
        server: str,
        headers: Mapping[str, Any],
        length: Any,
        who: Callable[[Passing], Who] | None = None,
    ) -> Passing | None:
        """Begin the request of this environ or scope; None: it is not observed here."""
        outer = place.get(KEY)
        if outer is not None and outer.begun is not None:
            if outer.owner is owner:
                return None
            outer.give_up()
        passing = Passing(owner, method, length)
        begun = self.begin(
            passing, method, path, scheme, server, headers, None if who is None else who(passing)
        )
        if begun is None:
            return None
        passing.begun, passing.context = begun, get_current()
        place[KEY] = passing
        return passing

    def leave(self, passing: Passing) -> None:
        """End it, in the context in which it began."""
        begun, passing.begun = passing.begun, None
        if begun is None:
            return
        if not passing.given_up:
            if begun.span is trace.INVALID_SPAN:
                attach(passing.before)  # until the end: no exemplar of a span that is none
            self.end(begun, passing, passing)
            return
        self._live.pop(id(passing), None)
        actor.set(begun.former)
        detach(begun.token)

    def pause(self, passing: Passing) -> Carried | None:
        """Put back what was in force before it: its body is made later, under what is returned."""
        begun = passing.begun
        if begun is None:
            return None
        actor.set(begun.former)
        detach(begun.token)
        return Carried(passing.context, begun.who)

    def resume(self, passing: Passing) -> None:
        """Put it in force again, so that it can be left."""
        begun = passing.begun
        if begun is not None:
            passing.begun = begun._replace(former=actor.get(), token=attach(passing.context))
            actor.set(begun.who)

    def labels(self, request: Passing) -> Labels | None:
        """Return method and endpoint, as soon as there is a route."""
        called = request.endpoint or request.route
        return None if called is None else (method_label(request.method), called)

    def ended(self, begun: Begun, took: float, request: Passing, response: Any) -> None:
        """Say what became of it."""
        self.said(
            begun,
            took,
            method=method_label(request.method),
            route=request.route or UNMATCHED,
            status=499 if request.gone else request.status or 500,
            failure=request.failure,
            endpoint=request.endpoint,
            view=request.view,
            request_size=request.request_size,
            response_size=None if request.method == "HEAD" else request.response_size,
        )


def route_by(given: Callable[[Any], str | None] | None, place: Any) -> str | None:
    """Return the route that an application's own function names."""
    route = None if given is None else given(place)
    return route if isinstance(route, str) and route else None
