"""A span and an event for each request, around all of Django's own handling.

The handler's `get_response` is wrapped, not its list of middleware: it is looked up for each
request, so the order in which the settings, the handler and labotel come up does not matter.
"""

from collections.abc import Callable
from typing import Any

from opentelemetry.trace import Tracer

from labotel.catalogs.http import UNMATCHED
from labotel.instrumentation.django.actor import Pseudonym, RequestActor
from labotel.instrumentation.progress import Labels, method_label
from labotel.instrumentation.served import Begun, ServedRequests, failure_now, unanswered


class RequestObserver(ServedRequests):
    """Wraps a handler class; `connect` and `disconnect` it."""

    def __init__(
        self, tracer: Tracer, fault: Callable[[str, BaseException], None], pseudonym: Pseudonym
    ) -> None:
        super().__init__(tracer, fault)
        self._pseudonym = pseudonym
        self._originals: dict[str, Any] = {}
        self._made: dict[str, Any] = {}
        self._handler: Any = None
        self._signal: Any = None

    def connect(self, base: Any) -> None:
        """Observe the requests of `django.core.handlers.base.BaseHandler`."""
        if self._handler is not None:
            return
        self._handler = handler = base.BaseHandler
        self._originals = {
            name: handler.__dict__[name] for name in ("get_response", "get_response_async")
        }
        from django.core.signals import got_request_exception

        self._signal = got_request_exception
        self._signal.connect(_remember, weak=False, dispatch_uid="labotel")
        self.open()
        made = self._around(self._originals)
        self._made = dict(zip(self._originals, made, strict=True))
        handler.get_response, handler.get_response_async = made

    def _around(self, originals: dict[str, Any]) -> tuple[Any, Any]:
        sync, asynchronous = originals.values()

        def begin(request: Any) -> Begun | None:
            # None once this is disconnected, and stands under somebody else's wrapping.
            return self._begin(request) if self._originals is originals else None

        end = self.end

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
        self.close()
        self._handler = None

    def _begin(self, request: Any) -> Begun | None:
        try:
            meta = request.META
            return self.begin(
                request,
                request.method,
                request.path,
                request.scheme,
                meta.get("SERVER_NAME", ""),
                meta,
                RequestActor(request, self._pseudonym),
            )
        except Exception as error:
            self._fault("request_begin", error)
            return None

    def labels(self, request: Any) -> Labels | None:
        """Return method and route.

        Django writes the match on the request when it has resolved the route: a request counts
        from then on, so none is without a route.
        """
        if request.resolver_match is None:
            return None
        return method_label(request.method), route_of(request)

    def ended(self, begun: Begun, took: float, request: Any, response: Any) -> None:
        """Say what became of a request."""
        self.said(
            begun,
            took,
            method=method_label(request.method),
            route=route_of(request),
            status=response.status_code if response is not None else unanswered(),
            failure=request.__dict__.pop("_labotel_error", None),
        )


def route_of(request: Any) -> str:
    """Return the route that a request matched, as the URL configuration has it."""
    match = request.resolver_match
    if match is None:
        return UNMATCHED
    return match.route or "/"


def _remember(sender: Any, request: Any = None, **kwargs: Any) -> None:
    """Keep what a view raised: Django makes it a response before its handler returns."""
    failure = failure_now()
    if request is not None and failure is not None:
        request.__dict__["_labotel_error"] = failure
