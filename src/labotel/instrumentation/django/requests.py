"""A span and an event for each request, around all of Django's own handling.

The handler's `get_response` is wrapped, not its list of middleware: it is looked up for each
request, so the order in which the settings, the handler and labotel come up does not matter.
"""

from collections.abc import Callable
from typing import Any

from opentelemetry.trace import Tracer

from labotel.catalogs.http import UNMATCHED
from labotel.instrumentation.choices import Values, nothing_chosen
from labotel.instrumentation.django.actor import Pseudonym, RequestActor
from labotel.instrumentation.gateways.passing import KEY
from labotel.instrumentation.progress import Labels, method_label
from labotel.instrumentation.served import (
    Begun,
    ServedRequests,
    failure_now,
    size_of,
    unanswered,
)


class RequestObserver(ServedRequests):
    """Wraps a handler class; `connect` and `disconnect` it."""

    def __init__(
        self,
        tracer: Tracer,
        fault: Callable[[str, BaseException], None],
        pseudonym: Pseudonym,
        settings: Values = nothing_chosen,
    ) -> None:
        super().__init__(tracer, fault, settings)
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
            outer = meta.get(KEY) or request.__dict__.get("scope", meta).get(KEY)
            if outer is not None:  # a middleware of labotel's stands around Django
                outer.give_up()
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
        match = request.resolver_match
        if match is None:
            return None
        return method_label(request.method), self._endpoint(match)

    def ended(self, begun: Begun, took: float, request: Any, response: Any) -> None:
        """Say what became of a request, and let its response say it where that was asked for."""
        failure = request.__dict__.pop("_labotel_error", None)
        size = None
        if response is None:
            status = unanswered()
            if failure is None and status == 500:
                failure = failure_now()
        else:
            status = response.status_code
            size = _size(request, response)
        match = request.resolver_match
        matched = match is not None
        self.said(
            begun,
            took,
            method=method_label(request.method),
            route=(match.route or "/") if matched else UNMATCHED,
            status=status,
            failure=failure,
            endpoint=self._endpoint(match) if matched else None,
            view=getattr(match, "_func_path", None),
            request_size=size_of(request.META.get("CONTENT_LENGTH")),
            response_size=size,
        )
        choices = self.choices
        if choices.headers and response is not None:
            for name, value in choices.answers(begun.span, took):
                response[name] = value

    def _endpoint(self, match: Any) -> str:
        """Return what a matched request is called: its route, or its URL's name, or its view's."""
        called = match.view_name if self.choices.by_view else match.route
        return called or match.route or "/"


def _size(request: Any, response: Any) -> int | None:
    """Return the size of a response's body; None where it is not made yet, or has none."""
    if request.method == "HEAD":
        return None
    told = response.headers.get("Content-Length")
    if told is not None:
        return size_of(told)
    return None if response.streaming else len(response.content)


def _remember(sender: Any, request: Any = None, **kwargs: Any) -> None:
    """Keep what a view raised: Django makes it a response before its handler returns."""
    failure = failure_now()
    if request is not None and failure is not None:
        request.__dict__["_labotel_error"] = failure
