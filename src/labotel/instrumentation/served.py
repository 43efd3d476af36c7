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

import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Protocol

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import Span, SpanKind, Tracer

from labotel.catalogs.http import (
    UNMATCHED,
    RequestLogged,
    RequestRaised,
    RequestServed,
    SlowRequest,
)
from labotel.events.dispatch import tell
from labotel.instrumentation import repeats
from labotel.instrumentation.carriers import ENVIRON, Form
from labotel.instrumentation.choices import Choices, Values, nothing_chosen
from labotel.instrumentation.progress import METHODS, Labels, RequestsInProgress
from labotel.instrumentation.serverspan import shown_path, shown_server, write_outcome
from labotel.signals.carried import Actor, actor
from labotel.signals.records import Failure
from labotel.signals.spans import failure_of
from labotel.signals.tenants import within


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
    repeated: repeats.Seen | None
    path: str
    """As it was asked for: not scrubbed."""


class ServedRequests:
    """Observes requests; a framework's class says by `labels` and `ended` what they are."""

    form: Form = ENVIRON
    """How a request's headers are given to `begin`."""

    def __init__(
        self,
        tracer: Tracer,
        fault: Callable[[str, BaseException], None],
        settings: Values = nothing_chosen,
    ) -> None:
        self._tracer = tracer
        self._fault = fault
        self._settings = settings
        self._read = settings()
        self._choices = Choices.of(self._read)
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

    @property
    def choices(self) -> Choices:
        """What is set; asked each time: Django's LABOTEL may come after the first request."""
        values = self._settings()
        if values is not self._read:
            self._read, self._choices = values, Choices.of(values)
        return self._choices

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
        now, repeated = time.perf_counter_ns(), repeats.begin()
        begun = Begun(span, now, who, attach(context), actor.get(), repeated, path)
        actor.set(who)
        return begun

    def end(self, begun: Begun, request: Any, response: Any) -> None:
        """End a request; call it in a `finally`, in the context in which it began."""
        took = (time.perf_counter_ns() - begun.started) / 1e9
        self._live.pop(id(request), None)
        try:
            repeats.end(begun.repeated)
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
        endpoint: str | None = None,
        view: str | None = None,
        request_size: int | None = None,
        response_size: int | None = None,
    ) -> None:
        """Say what became of a request: `method` by `method_label`, `route` or UNMATCHED.

        `failure` is what the application raised, whoever made it a response. `endpoint` is the
        label where that is not the route, `view` the function; the sizes are by `size_of`.
        """
        if endpoint is None:
            endpoint = route
        person = None if begun.who is None else begun.who.settle()
        if begun.span.is_recording():
            who = within(actor.get(), person)
            write_outcome(begun.span, method, route, status, failure, view, who)
        tell(
            RequestServed(
                method=method,
                endpoint=endpoint,
                status=str(status),
                duration=took,
                request_size=request_size,
                response_size=response_size,
            )
        )
        if route != UNMATCHED:
            self._progress.ended(method, endpoint)
        kind = None if failure is None else failure.type
        if kind is not None:
            tell(RequestRaised(endpoint=endpoint, exception_type=kind))
        choices = self.choices
        if not (choices.log or 0 < choices.slow < took):
            return
        told: dict[str, Any] = {
            "method": method,
            "endpoint": endpoint,
            "status_code": status,
            "duration": round(took * 1000, 3),
            "view": view,
        }
        if choices.log:
            tell(RequestLogged(**told, path=shown_path(begun.path), error_type=kind))
        if 0 < choices.slow < took:
            tell(SlowRequest(**told))

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
                "url.path": shown_path(path),
                "url.scheme": scheme,
                "server.address": shown_server(server),
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


def size_of(length: Any) -> int | None:
    """Return the size that a header Content-Length gives; None where it gives none."""
    if not length:
        return None
    text = str(length)
    return int(text) if len(text) < 16 and text.isascii() and text.isdigit() else None
