"""ASGI: a request from the call of the application until it returns."""

from collections.abc import Awaitable, Callable
from typing import Any

from labotel.catalogs.http import UNMATCHED
from labotel.instrumentation.carriers import LOWER
from labotel.instrumentation.gateways.passing import (
    ROUTELESS,
    GatewayRequests,
    Passing,
    route_by,
)
from labotel.instrumentation.served import size_of

Application = Callable[[Any, Any, Any], Awaitable[None]]
Route = Callable[[Any], str | None]
_FASTAPI = "fastapi.telemetry"
"""Where newer FastAPI keeps its own span of a request, by the global provider, while it serves."""
_LENGTH = b"content-length"


class AsgiRequests(GatewayRequests):
    """Observes requests that come as a scope."""

    form = LOWER

    def arrive(self, scope: Any, owner: Any) -> Passing | None:
        """Begin a request; None: it is not observed here."""
        if not self.on:
            return None
        try:
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in scope["headers"]
            }
            server = scope.get("server") or ("",)
            return self.enter(
                scope,
                owner,
                scope["method"],
                scope["path"],
                scope.get("scheme", "http"),
                server[0],
                headers,
                headers.get("content-length"),
            )
        except Exception as error:
            self._fault("request_begin", error)
            return None

    async def serve(
        self,
        application: Application,
        route: Route | None,
        scope: Any,
        receive: Any,
        send: Any,
    ) -> None:
        """Call the application, and end the request when it has returned."""
        passing = self.arrive(scope, object())  # is nobody's inside
        if passing is None:
            await application(scope, receive, send)
            return
        whole = False

        async def receiving() -> Any:
            message = await receive()
            if message["type"] == "http.disconnect" and not whole:
                passing.gone = True
            return message

        async def sending(message: Any) -> None:
            nonlocal whole
            if message["type"] == "http.response.start":
                message = self._starting(passing, scope, message)
            elif message["type"] == "http.response.body":
                whole = not message.get("more_body", False)
            await send(message)

        try:
            await application(scope, receiving, sending)
        except BaseException:
            passing.gone = passing.gone and not whole
            passing.raised()
            raise
        finally:
            self._name(passing, route, scope)
            self.leave(passing)

    def _starting(self, passing: Passing, scope: Any, message: Any) -> Any:
        """Read the head of a response; it gets the headers that were asked for."""
        try:
            passing.status = int(message["status"])
            if getattr(scope.get(_FASTAPI), "span", None) is not None:
                passing.without_span()
            headers = message.get("headers", ())
            for name, value in headers:
                if name.lower() == _LENGTH:
                    passing.response_size = size_of(value.decode("latin-1"))
            if passing.begun is None or passing.given_up or not self.choices.headers:
                return message
            said = self.choices.answers(passing.begun.span, passing.took())
            added = [(name.lower().encode(), value.encode()) for name, value in said]
            return {**message, "headers": [*headers, *added]}
        except Exception as error:
            self._fault("response_begin", error)
            return message

    def _name(self, passing: Passing, route: Route | None, scope: Any) -> None:
        """Say by what the request was served: whoever routes writes it into the scope."""
        passing.endpoint = ROUTELESS
        try:
            passing.view = _view(scope.get("endpoint"))
            passing.route = route_by(route, scope) or _path_of(scope.get("route"))
            passing.endpoint = passing.route or passing.view
            if passing.endpoint is None:
                routed = "router" in scope  # Starlette's, which matched nothing
                passing.endpoint = UNMATCHED if routed else ROUTELESS
        except Exception as error:  # an application's own function
            self._fault("request_route", error)


class AsgiObserver:
    """Observes what `labotel.asgi.Middleware` stands around; `connect` and `disconnect` it."""

    def __init__(self, requests: AsgiRequests) -> None:
        self._requests = requests
        self._module: Any = None

    def connect(self, module: Any) -> None:
        """Let the middlewares of `labotel.asgi` call this."""
        if self._module is None:
            self._module = module
            self._requests.open()
            self._requests.on = True
            module.serve = self._requests.serve

    def disconnect(self) -> None:
        """Let them pass everything on."""
        if self._module is not None:
            self._module.serve = None
            self._module = None
            self._requests.on = False
            self._requests.close()


def _path_of(route: Any) -> str | None:
    """Return the pattern of a route that FastAPI or Starlette matched."""
    path = getattr(route, "path", None)
    return path if isinstance(path, str) and path else None


def _view(endpoint: Any) -> str | None:
    """Return the name of the function or class that serves; an object's own may be anything."""
    name = getattr(endpoint, "__qualname__", None)
    if not isinstance(name, str):
        return None
    return f"{getattr(endpoint, '__module__', '')}.{name}"
