"""Flask's requests: around each application, and its signals for what happens inside.

Both `Flask.__call__` and `Flask.wsgi_app` are wrapped, on the class, so the order in which
applications, their own middlewares and labotel come up does not matter; a request is begun by
whichever of the two is called first, as a server may call either.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from opentelemetry.context import attach

from labotel.instrumentation.flask.actor import FlaskActor, Pseudonym
from labotel.instrumentation.gateways.passing import KEY, Passing
from labotel.instrumentation.gateways.wsgi import WsgiRequests
from labotel.instrumentation.served import Who, failure_now
from labotel.instrumentation.wrapping import Wrapping


class FlaskObserver:
    """Observes all applications of `flask.app.Flask`; `connect` and `disconnect` it.

    Where OpenTelemetry's own package makes the span of an application's requests, `spanless` says
    their events alone.
    """

    def __init__(
        self,
        requests: WsgiRequests,
        spanless: WsgiRequests,
        fault: Callable[[str, BaseException], None],
        pseudonym: Pseudonym,
    ) -> None:
        self._requests = requests
        self._spanless = spanless
        self._fault = fault
        self._pseudonym = pseudonym
        self._wrappings = tuple(
            Wrapping("Flask", name, self._around) for name in ("__call__", "wsgi_app")
        )
        self._flask: Any = None
        self._signals: Any = None

    def connect(self, module: Any) -> None:
        """Observe the requests of every application, those that exist already too."""
        if self._flask is not None:
            return
        # Not from `flask`, which may still be under way to be imported.
        from flask import globals as proxies
        from flask import signals

        self._flask, self._signals = proxies, signals
        signals.request_started.connect(self._started, weak=False)
        signals.got_request_exception.connect(self._failed, weak=False)
        for requests in (self._requests, self._spanless):
            requests.open()
            requests.on = True
        for wrapping in self._wrappings:
            wrapping.connect(module)

    def disconnect(self) -> None:
        """Give the class its own methods back."""
        if self._flask is None:
            return
        self._flask = None
        for wrapping in self._wrappings:
            wrapping.disconnect()
        for requests in (self._requests, self._spanless):
            requests.on = False
            requests.close()
        self._signals.request_started.disconnect(self._started)
        self._signals.got_request_exception.disconnect(self._failed)

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(original)
        def serve(app: Any, environ: Any, start_response: Any) -> Any:
            theirs = getattr(app, "_is_instrumented_by_opentelemetry", False)
            requests = self._spanless if theirs else self._requests
            passing = requests.arrive(environ, app, self._who)
            if passing is None:
                return original(app, environ, start_response)
            if theirs:  # the trace that came in is theirs to read
                attach(passing.before)

            def application(environ: Any, start_response: Any) -> Any:
                return original(app, environ, start_response)

            return requests.serve(passing, application, environ, start_response)

        return serve

    def _who(self, passing: Passing) -> Who:
        return FlaskActor(self._pseudonym)

    def _started(self, sender: Any, **given: Any) -> None:
        """Write on the request what Flask has found: it sends this when it has matched the URL."""
        try:
            flask = self._flask
            passing = flask.request.environ.get(KEY)
            if passing is None or passing.owner is not sender or passing.begun is None:
                return
            who = passing.begun.who
            if who is not None:
                who.g = flask.g._get_current_object()
            rule = flask.request.url_rule
            if rule is not None:
                passing.route, passing.endpoint = rule.rule, rule.endpoint
                passing.view = _name(sender.view_functions.get(rule.endpoint))
        except Exception as error:
            self._fault("flask_request", error)

    def _failed(self, sender: Any, **given: Any) -> None:
        """Keep what a view raised: Flask makes it a response."""
        try:
            passing = self._flask.request.environ.get(KEY)
            if passing is not None and passing.owner is sender:
                passing.failure = failure_now()
        except Exception as error:  # no request stands: it failed while it was begun
            if not isinstance(error, RuntimeError):
                self._fault("flask_exception", error)


def _name(view: Any) -> str | None:
    """Return the name of a view's function, or of its class."""
    view = getattr(view, "view_class", view)
    name = getattr(view, "__qualname__", None)
    return None if name is None else f"{view.__module__}.{name}"
