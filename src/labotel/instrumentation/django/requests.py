"""A span and an event for each request, around all of Django's own handling.

The handler's `get_response` is wrapped, not its list of middleware: it is looked up for each
request, so the order in which the settings, the handler and labotel come up does not matter.
"""

import socket
import sys
import time
import traceback
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach, get_current
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from labotel.catalogs.http import REQUESTS_IN_PROGRESS, UNMATCHED, RequestServed
from labotel.events.dispatch import tell
from labotel.instrumentation.django.actor import Pseudonym, RequestActor
from labotel.instrumentation.django.progress import (
    METHODS,
    RequestsInProgress,
    method_of,
    route_of,
)
from labotel.instrumentation.supplies import Supplies
from labotel.policy.scrubbing import scrub
from labotel.signals.carried import ACTOR, Actor, actor
from labotel.signals.spans import failed, failure_of

PATH_LIMIT: Final = 1000


class Begun(NamedTuple):
    """A request under way: its span and actor, and what was in force before it."""

    span: Span
    started: int
    who: RequestActor
    token: Any
    former: Actor | None


class RequestObserver:
    """Wraps a handler class; `connect` and `disconnect` it."""

    def __init__(
        self, tracer: Tracer, fault: Callable[[str, BaseException], None], pseudonym: Pseudonym
    ) -> None:
        self._tracer = tracer
        self._fault = fault
        self._pseudonym = pseudonym
        self._route = route_of
        self._originals: dict[str, Any] = {}
        self._made: dict[str, Any] = {}
        self._handler: Any = None
        self._extract: Any = None
        self._propagate: Any = None
        self._known: tuple[Any, frozenset[str]] = (None, frozenset())
        self._cancelled: Any = None
        self._signal: Any = None
        self._progress = RequestsInProgress()
        self._live = self._progress.live
        self._supplies = Supplies()
        self.forget = self._progress.forget

    def connect(self, base: Any) -> None:
        """Observe the requests of `django.core.handlers.base.BaseHandler`."""
        if self._handler is not None:
            return
        self._handler = handler = base.BaseHandler
        self._originals = {
            name: handler.__dict__[name] for name in ("get_response", "get_response_async")
        }
        from asyncio import CancelledError  # Django has it by now; labotel alone does without

        from django.core.signals import got_request_exception
        from opentelemetry import propagate  # reads the propagators' entry points

        self._extract = propagate.extract
        self._propagate = propagate
        self._cancelled = CancelledError
        self._signal = got_request_exception
        self._signal.connect(_remember, weak=False, dispatch_uid="labotel")
        self._supplies.give(REQUESTS_IN_PROGRESS, self._progress.read)
        made = self._around(self._originals)
        self._made = dict(zip(self._originals, made, strict=True))
        handler.get_response, handler.get_response_async = made

    def _around(self, originals: dict[str, Any]) -> tuple[Any, Any]:
        sync, asynchronous = originals.values()

        def begin(request: Any) -> Begun | None:
            # None once this is disconnected, and stands under somebody else's wrapping.
            return self._begin(request) if self._originals is originals else None

        end = self._end

        def get_response(this: Any, request: Any) -> Any:
            begun = begin(request)
            if begun is None:
                return sync(this, request)
            response = None
            try:
                response = sync(this, request)
            finally:
                end(begun, request, response)
            return response

        async def get_response_async(this: Any, request: Any) -> Any:
            begun = begin(request)
            if begun is None:
                return await asynchronous(this, request)
            response = None
            try:
                response = await asynchronous(this, request)
            finally:
                end(begun, request, response)
            return response

        return get_response, get_response_async

    def disconnect(self) -> None:
        """Give the handler its own methods back; what others put on top of them stays."""
        if self._handler is None:
            return
        for name, original in self._originals.items():
            if self._handler.__dict__[name] is self._made[name]:
                setattr(self._handler, name, original)
        self._originals = {}
        self._signal.disconnect(_remember, dispatch_uid="labotel")
        self._supplies.take_back()
        self._handler = None

    def _begin(self, request: Any) -> Begun | None:
        try:
            context, span = self._start(request)
            who = RequestActor(request, self._pseudonym)
        except Exception as error:
            self._fault("request_begin", error)
            return None
        self._live[id(request)] = request
        begun = Begun(span, time.perf_counter_ns(), who, attach(context), actor.get())
        actor.set(who)
        return begun

    def _end(self, begun: Begun, request: Any, response: Any) -> None:
        took = (time.perf_counter_ns() - begun.started) / 1e9
        self._live.pop(id(request), None)
        try:
            self._finish(begun, took, request, response)
        except Exception as error:
            self._fault("request_end", error)
        finally:
            actor.set(begun.former)
            detach(begun.token)
            begun.span.end()

    def _start(self, request: Any) -> tuple[Context, Span]:
        method = request.method if request.method in METHODS else "_OTHER"
        meta = request.META
        context = None
        if not meta.keys().isdisjoint(self._headers()):
            context = self._extract(_Carrier(meta), get_current())
        span = self._tracer.start_span(
            method,
            context=context,
            kind=SpanKind.SERVER,
            attributes={
                "http.request.method": method,
                "url.path": _path(request.path),
                "url.scheme": request.scheme,
                "server.address": _server(meta.get("SERVER_NAME", "")),
            },
        )
        return trace.set_span_in_context(span, context), span

    def _headers(self) -> frozenset[str]:
        """Return the headers that the propagator in force reads, as Django names them."""
        known, headers = self._known
        present = self._propagate.get_global_textmap()
        if present is not known:
            headers = frozenset(
                "HTTP_" + field.upper().replace("-", "_") for field in present.fields
            )
            self._known = present, headers
        return headers

    def _finish(self, begun: Begun, took: float, request: Any, response: Any) -> None:
        span, who = begun.span, begun.who.settle()
        method: Any = method_of(request)
        status = response.status_code if response is not None else self._unanswered()
        route = self._route(request)
        if span.is_recording():
            fields: dict[str, Any] = {"http.response.status_code": status}
            if route != UNMATCHED:
                fields["http.route"] = route
                span.update_name(f"{request.method if method in METHODS else 'HTTP'} {route}")
            if who is not None:
                fields[ACTOR] = who
            span.set_attributes(fields)
            error = request.__dict__.pop("_labotel_error", None)
            if error is not None:
                failed(span, error)
            elif status >= 500:
                span.set_status(Status(StatusCode.ERROR))
        tell(RequestServed(method=method, endpoint=route, status=str(status), duration=took))
        if route != UNMATCHED:
            self._progress.ended(method, route)

    def _unanswered(self) -> int:
        """Return the status of a request whose handler raises at this moment.

        An asynchronous one is cancelled where its client has gone: nobody's error, so nginx's 499.
        """
        return 499 if isinstance(sys.exception(), self._cancelled) else 500


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


def _remember(sender: Any, request: Any = None, **kwargs: Any) -> None:
    """Keep what a view raised: Django makes it a response before its handler returns."""
    kind, error, stack = sys.exc_info()
    if request is not None and error is not None:
        text = "".join(traceback.format_exception(kind, error, stack))
        request.__dict__["_labotel_error"] = failure_of(error, stack=text)


class _Carrier(dict[str, Any]):
    """The headers of a request as a carrier: Django keeps them as HTTP_NAME."""

    def __init__(self, meta: Any) -> None:
        super().__init__(
            (key[5:].replace("_", "-").lower(), value)
            for key, value in meta.items()
            if key.startswith("HTTP_")
        )
