"""WSGI: a request from the call of the application until its response is made, or is closed."""

from collections.abc import Callable, Iterator
from typing import Any

from labotel.instrumentation.gateways.passing import (
    ROUTELESS,
    GatewayRequests,
    Passing,
    route_by,
)
from labotel.instrumentation.served import Who, size_of

_END: Any = object()

Application = Callable[[Any, Any], Any]
Route = Callable[[Any], str | None]


class WsgiRequests(GatewayRequests):
    """Observes requests that come as an environ."""

    def arrive(
        self, environ: Any, owner: Any, who: Callable[[Passing], Who] | None = None
    ) -> Passing | None:
        """Begin a request; None: it is not observed here."""
        if not self.on:
            return None
        try:
            return self.enter(
                environ,
                owner,
                environ.get("REQUEST_METHOD", ""),
                _path(environ),
                environ.get("wsgi.url_scheme", "http"),
                environ.get("SERVER_NAME", ""),
                environ,
                environ.get("CONTENT_LENGTH"),
                who,
            )
        except Exception as error:
            self._fault("request_begin", error)
            return None

    def serve(
        self,
        passing: Passing,
        application: Application,
        environ: Any,
        start_response: Any,
        finish: Callable[[Passing], None] | None = None,
    ) -> Any:
        """Call the application; `finish` is called where the request ends, before it is said.

        Where the body is made while it is sent, the request goes on until it is closed; where
        there is no `finish`, it ends as soon as the response has begun.
        """
        try:
            body = application(environ, self._starting(passing, start_response))
        except BaseException:
            passing.raised()
            self._leave(passing, finish)
            raise
        made = passing.status is not None if finish is None else _is_made(body, environ)
        if made or passing.given_up:
            self._leave(passing, finish)
            return body
        return Body(body, self, passing, finish)

    def _leave(self, passing: Passing, finish: Callable[[Passing], None] | None) -> None:
        if finish is not None:
            try:
                finish(passing)
            except Exception as error:  # an application's own function
                self._fault("request_route", error)
        self.leave(passing)

    def _starting(self, passing: Passing, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            try:
                headers = self._started(passing, status, headers)
            except Exception as fault:
                self._fault("response_begin", fault)
            return start_response(status, headers, *error)

        return start

    def _started(self, passing: Passing, status: str, headers: Any) -> Any:
        passing.status = int(status[:3])
        passing.response_size = None
        for name, value in headers:
            if name.lower() == "content-length":
                passing.response_size = size_of(value)
        if passing.begun is None or passing.given_up or not self.choices.headers:
            return headers
        return [*headers, *self.choices.answers(passing.begun.span, passing.took())]


class Body:
    """A response's body that is made while it is sent; its request ends when it is closed."""

    def __init__(
        self,
        body: Any,
        requests: WsgiRequests,
        passing: Passing,
        finish: Callable[[Passing], None] | None,
    ) -> None:
        self._body = body
        self._pieces: Iterator[Any] | None = None
        self._requests = requests
        self._passing: Passing | None = passing
        self._finish = finish
        self._carried = requests.pause(passing)

    def __iter__(self) -> "Body":
        return self

    def __next__(self) -> Any:
        piece = self._within(self._next)
        if piece is _END:
            raise StopIteration
        return piece

    def close(self) -> None:
        """Close the body, and end its request."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                self._within(close)
        finally:
            self._end()

    def __del__(self) -> None:
        self._end()  # a server that does not close it breaks the specification

    def _next(self) -> Any:
        if self._pieces is None:
            self._pieces = iter(self._body)
        return next(self._pieces, _END)

    def _within(self, act: Callable[[], Any]) -> Any:
        passing = self._passing
        if passing is None or self._carried is None:
            return act()
        with self._carried.in_force():
            try:
                return act()
            except BaseException:
                passing.raised()
                raise

    def _end(self) -> None:
        passing, self._passing = self._passing, None
        if passing is None:
            return
        self._requests.resume(passing)
        self._requests._leave(passing, self._finish)


class WsgiObserver:
    """Observes what `labotel.wsgi.Middleware` stands around; `connect` and `disconnect` it."""

    def __init__(self, requests: WsgiRequests) -> None:
        self._requests = requests
        self._module: Any = None

    def connect(self, module: Any) -> None:
        """Let the middlewares of `labotel.wsgi` call this."""
        if self._module is None:
            self._module = module
            self._requests.open()
            self._requests.on = True
            module.serve = self._serve

    def disconnect(self) -> None:
        """Let them pass everything on."""
        if self._module is not None:
            self._module.serve = None
            self._module = None
            self._requests.on = False
            self._requests.close()

    def _serve(
        self, application: Application, route: Route | None, environ: Any, start_response: Any
    ) -> Any:
        passing = self._requests.arrive(environ, object())  # is nobody's inside
        if passing is None:
            return application(environ, start_response)

        def finish(passing: Passing) -> None:
            passing.endpoint = ROUTELESS
            passing.route = route_by(route, environ)
            passing.endpoint = passing.route or ROUTELESS

        return self._requests.serve(passing, application, environ, start_response, finish)


def _path(environ: Any) -> str:
    """Return the path: WSGI gives its bytes as latin-1."""
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return path if path.isascii() else path.encode("latin-1", "replace").decode("utf-8", "replace")


def _is_made(body: Any, environ: Any) -> bool:
    """Tell whether a body is there already, or is a file that the server itself may send."""
    if isinstance(body, (list, tuple, bytes)):
        return True
    wrapper = environ.get("wsgi.file_wrapper")
    return isinstance(wrapper, type) and isinstance(body, wrapper)
