"""An ASGI middleware, for FastAPI, Starlette and applications without a framework.

    application = labotel.asgi.Middleware(application)

Around Django, which labotel observes by itself, it adds nothing.
"""

from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[[Any, Any, Any], Awaitable[None]]
Route = Callable[[Any], str | None]

serve: Callable[[Application, Route | None, Any, Any, Any], Awaitable[None]] | None = None
"""What observes a request; None until `configure` and after `shutdown`."""


class Middleware:
    """Observes the HTTP requests to an ASGI application, until it has answered and returned.

    `route(scope)` names the route of a request, when it has ended: a pattern as in
    ``/samples/{id}``, of which there are few, never the path. Without it the route is what
    FastAPI or Starlette have found; where there is none, `endpoint` is ``*``.
    """

    def __init__(self, application: Application, *, route: Route | None = None) -> None:
        if not callable(application):
            raise TypeError(f"Middleware({application!r}): give an ASGI application")
        self.application = application
        self.route = route

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a connection; what is no HTTP request passes as it is."""
        if serve is None or scope["type"] != "http":
            await self.application(scope, receive, send)
        else:
            await serve(self.application, self.route, scope, receive, send)
