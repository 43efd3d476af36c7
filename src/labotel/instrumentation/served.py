"""A span and an event for each request that a server serves, whichever framework it is made with.

What is known of a request when it comes goes to `begin`, the rest to `said` when it has ended. A
framework's class inherits `ServedRequests` and fills in `labels` and `ended`:

    begun = requests.begin(request, "GET", path, "https", "lab.example.org", environ)
    response = None
    try:
        response = ...
    finally:
        if begun is not None:
            requests.end(begun, request, response)
"""

import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple, Protocol

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from labotel.catalogs.http import UNMATCHED, RequestServed
from labotel.events.dispatch import tell
from labotel.events.fields import OTHER_LABEL
from labotel.instrumentation.carriers import ENVIRON, Form
from labotel.instrumentation.progress import METHODS, Labels, RequestsInProgress
from labotel.policy.scrubbing import scrub
from labotel.signals.carried import ACTOR, Actor, actor
from labotel.signals.records import Failure
from labotel.signals.spans import failed, failure_of

PATH_LIMIT: Final = 1000


class Who(Protocol):
    """The actor of one request."""

    def __call__(self) -> str | None:
        """Return the pseudonym as it is known now."""

    def settle(self) -> str | None:
        """Return it for good; the request may go."""


class Begun(NamedTuple):
    """A request under way: its span and actor, and what was in force before it."""

    span: Span
    started: int
    who: Who | None
    token: Any
    former: Actor | None


class ServedRequests:
    """Observes requests; a framework's class says by `labels` and `ended` what they are."""

    form: Form = ENVIRON
    """How a request's headers are given to `begin`."""

    def __init__(self, tracer: Tracer, fault: Callable[[str, BaseException], None]) -> None:
        self._tracer = tracer
        self._fault = fault
        self._propagate: Any = None
        self._known: tuple[Any, frozenset[str]] = (None, frozenset())
        self._progress = RequestsInProgress(self.labels)
        self._live = self._progress.live
        self.forget = self._progress.forget

    def labels(self, request: Any) -> Labels | None:
        """Return method and route of a request under way; None where its route is not known."""
        raise NotImplementedError

    def ended(self, begun: Begun, took: float, request: Any, response: Any) -> None:
        """Call `said` with what became of a request; `response` is None where it raised."""
        raise NotImplementedError

    def open(self) -> None:
        """Get ready to serve, and let the requests in progress be read."""
        from opentelemetry import propagate  # reads the propagators' entry points

        self._propagate = propagate
        self._progress.connect()

    def close(self) -> None:
        """Let nothing be read any more."""
        self._progress.disconnect()

    def begin(
        self,
        request: Any,
        method: str | None,
        path: str,
        scheme: str,
        server: str,
        headers: Mapping[str, Any],
        who: Who | None = None,
    ) -> Begun | None:
        """Begin a request; None where that failed, and there is nothing to end.

        `request` is any object that stands for it until `end`; `path` is as it was asked for.
        """
        try:
            context, span = self._start(method, path, scheme, server, headers)
        except Exception as error:
            self._fault("request_begin", error)
            return None
        self._live[id(request)] = request
        begun = Begun(span, time.perf_counter_ns(), who, attach(context), actor.get())
        actor.set(who)
        return begun

    def end(self, begun: Begun, request: Any, response: Any) -> None:
        """End a request; call it in a `finally`, in the context in which it began."""
        took = (time.perf_counter_ns() - begun.started) / 1e9
        self._live.pop(id(request), None)
        try:
            self.ended(begun, took, request, response)
        except Exception as error:
            self._fault("request_end", error)
        finally:
            actor.set(begun.former)
            detach(begun.token)
            begun.span.end()

    def said(
        self,
        begun: Begun,
        took: float,
        *,
        method: Any,
        route: str,
        status: int,
        failure: Failure | None = None,
    ) -> None:
        """Say what became of a request: `method` by `method_label`, `route` or UNMATCHED.

        `failure` is what the application raised, whoever made it a response.
        """
        span = begun.span
        who = None if begun.who is None else begun.who.settle()
        if span.is_recording():
            fields: dict[str, Any] = {"http.response.status_code": status}
            if route != UNMATCHED:
                fields["http.route"] = route
                span.update_name(f"{method if method != OTHER_LABEL else 'HTTP'} {route}")
            if who is not None:
                fields[ACTOR] = who
            span.set_attributes(fields)
            if failure is not None:
                failed(span, failure)
            elif status >= 500:
                span.set_status(Status(StatusCode.ERROR))
        tell(RequestServed(method=method, endpoint=route, status=str(status), duration=took))
        if route != UNMATCHED:
            self._progress.ended(method, route)

    def _start(
        self, method: str | None, path: str, scheme: str, server: str, headers: Mapping[str, Any]
    ) -> tuple[Context, Span]:
        shown: Any = method if method in METHODS else "_OTHER"
        context = None
        if not headers.keys().isdisjoint(self._headers()):
            context = self._propagate.extract(self.form.carrier(headers), get_current())
        span = self._tracer.start_span(
            shown,
            context=context,
            kind=SpanKind.SERVER,
            attributes={
                "http.request.method": shown,
                "url.path": _path(path),
                "url.scheme": scheme,
                "server.address": _server(server),
            },
        )
        return trace.set_span_in_context(span, context), span

    def _headers(self) -> frozenset[str]:
        """Return the headers that the propagator in force reads, as they are named here."""
        known, headers = self._known
        present = self._propagate.get_global_textmap()
        if present is not known:
            headers = frozenset(map(self.form.name, present.fields))
            self._known = present, headers
        return headers


def unanswered() -> int:
    """Return the status of a request whose handler raises at this moment.

    An asynchronous one is cancelled where its client has gone: nobody's error, so nginx's 499.
    """
    asyncio = sys.modules.get("asyncio.exceptions")
    gone = asyncio is not None and isinstance(sys.exception(), asyncio.CancelledError)
    return 499 if gone else 500


def failure_now() -> Failure | None:
    """Return the exception that is being handled at this moment, with its traceback."""
    kind, error, stack = sys.exc_info()
    if error is None:
        return None
    return failure_of(error, stack="".join(traceback.format_exception(kind, error, stack)))


@lru_cache(maxsize=64)
def _server(name: str) -> str:
    """Return a server's name, unless it is the host's own, as `runserver` and uWSGI give it."""
    same = name.partition(".")[0].lower() == socket.gethostname().partition(".")[0].lower()
    return "[host]" if same else name


def _path(path: str) -> str:
    """Return a path to show; the request waits while it is scrubbed, so a long one is cut before.

    The segment in the cut goes: half a secret is known to no pattern.
    """
    if len(path) > PATH_LIMIT:
        path = path[:PATH_LIMIT].rpartition("/")[0]
    return scrub(path)[:200]
