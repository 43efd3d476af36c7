"""A WSGI middleware for applications that are made without a framework that labotel knows.

    application = labotel.wsgi.Middleware(application)

Around Django and Flask, which labotel observes by itself, it adds nothing.
"""

from collections.abc import Callable
from typing import Any

Application = Callable[[Any, Any], Any]
Route = Callable[[Any], str | None]

serve: Callable[[Application, Route | None, Any, Any], Any] | None = None
"""What observes a request; None until `configure` and after `shutdown`."""


class Middleware:
    """Observes the requests to a WSGI application, from its call until its response is closed.

    `route(environ)` names the route of a request, when it has ended: a pattern as in
    ``/samples/{id}``, of which there are few, never the path. Without it, or where it gives None,
    `endpoint` is ``*``.
    """

    def __init__(self, application: Application, *, route: Route | None = None) -> None:
        if not callable(application):
            raise TypeError(f"Middleware({application!r}): give a WSGI application")
        self.application = application
        self.route = route

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Serve a request."""
        if serve is None:
            return self.application(environ, start_response)
        return serve(self.application, self.route, environ, start_response)
