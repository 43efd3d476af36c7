"""A request to another server: its span, the headers that it takes along, and its event."""

import logging
import socket
import sys
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.context import attach, detach, set_value
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from labotel.catalogs.calls import RequestSent
from labotel.events.dispatch import tell
from labotel.events.fields import OTHER_LABEL
from labotel.instrumentation.progress import method_label
from labotel.instrumentation.suppressed import HTTP, http_suppressed
from labotel.policy.scrubbing import scrub, scrub_url
from labotel.signals.spans import failed, failure_of

logger = logging.getLogger("labotel")

_PORTS: Final = {"http": 80, "https": 443}
_PACKAGES: Final = "opentelemetry.instrumentation."
_HERE: Final = "[host]"
URL_LIMIT: Final = 1000


class Call(NamedTuple):
    """A request under way."""

    span: Span
    token: Any
    method: str
    server: str
    started: int


class Calls:
    """Begins and ends the calls of one client; silent until it is connected.

    `package` and `instrumentor` name OpenTelemetry's own instrumentation of that client; `below`
    that of what the client itself stands on.
    """

    def __init__(
        self,
        tracer: Tracer,
        is_own_thread: Callable[[], bool],
        fault: Callable[[str, BaseException], None],
        package: str,
        instrumentor: str,
        below: str = "",
    ) -> None:
        self._tracer = tracer
        self._is_own_thread = is_own_thread
        self._fault = fault
        self._package = _PACKAGES + package
        self._instrumentor = instrumentor
        self._below = _PACKAGES + below
        self._inject: Any = None
        self._said = False

    def connect(self) -> None:
        """Observe from now on."""
        from opentelemetry.propagate import inject  # reads the propagators' entry points

        self._inject = inject

    def disconnect(self) -> None:
        """Observe nothing, though a wrapping may still stand beneath somebody else's."""
        self._inject = None

    def begin(self, method: str, url: str, headers: Any) -> Call | None:
        """Open a call's span and put the trace into its headers; None: it is not observed."""
        if self._inject is None or self._is_own_thread():
            return None
        try:
            if self._is_observed() or http_suppressed():
                return None
            return self._begin(method, url, headers)
        except Exception as error:
            self._fault("call_begin", error)
            return None

    def _begin(self, method: str, url: str, headers: Any) -> Call:
        method = method_label(method)
        server, fields = _described(url)
        fields["http.request.method"] = "_OTHER" if method == OTHER_LABEL else method
        span = self._tracer.start_span(
            "HTTP" if method == OTHER_LABEL else method, kind=SpanKind.CLIENT, attributes=fields
        )
        context = trace.set_span_in_context(span)
        if HTTP is not None and self._below in sys.modules:
            context = set_value(HTTP, True, context)  # its span would be the same request's
        self._inject(headers, context)
        return Call(span, attach(context), method, server, time.perf_counter_ns())

    def end(self, call: Call, status: int | None, error: BaseException | None = None) -> None:
        """End a call by the status of its answer, or by what was raised in place of one."""
        took = (time.perf_counter_ns() - call.started) / 1e9
        try:
            detach(call.token)
            _judge(call.span, status, error)
            said: Any = _answer(status, error)
            method: Any = call.method
            tell(RequestSent(method=method, server=call.server, answer=said, duration=took))
            call.span.end()
        except Exception as fault:  # the application's answer goes on
            self._fault("call_end", fault)

    def _is_observed(self) -> bool:
        """Tell whether OpenTelemetry's own package observes this client; that is said once."""
        module = sys.modules.get(self._package)
        if module is None:
            return False
        scope: Any = getattr(trace.get_current_span(), "instrumentation_scope", None)
        observed = getattr(scope, "name", None) == self._package or bool(
            getattr(module, self._instrumentor)().is_instrumented_by_opentelemetry
        )
        if observed and not self._said:
            self._said = True
            logger.info(
                "labotel: %s observes this client already, so labotel does not", module.__name__
            )
        return observed


def _described(url: str) -> tuple[str, dict[str, Any]]:
    """Return the label of the server that a URL leads to, and what a span says of it."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        return OTHER_LABEL, {}  # a socket's file, say: its path stands where a host would
    server, shown = parts.hostname.rstrip("."), scrub_url(url)
    if server == socket.gethostname().lower():  # which host this is, no signal says
        server, shown = _HERE, f"{parts.scheme}://{_HERE}"
    if len(shown) > URL_LIMIT:
        shown = shown[:URL_LIMIT].rpartition("/")[0]  # half a secret is known to no pattern
    return server, {
        "server.address": server,
        "server.port": parts.port or _PORTS[parts.scheme],
        "url.full": scrub(shown),
    }


def _judge(span: Span, status: int | None, error: BaseException | None) -> None:
    """Say on the span how a call ended: for a client, every status from 400 on is an error."""
    if status is not None:
        span.set_attribute("http.response.status_code", status)
        if status >= 400:
            span.set_attribute("error.type", str(status))
            span.set_status(Status(StatusCode.ERROR))
    elif isinstance(error, Exception):
        failed(span, failure_of(error))
    elif error is not None:  # a cancelled task's: nobody's error
        span.set_attribute("error.type", type(error).__name__)


def _answer(status: int | None, error: BaseException | None) -> str:
    if status is None:
        return "error" if isinstance(error, Exception) else "cancelled"
    return f"{status // 100}xx" if 100 <= status < 600 else OTHER_LABEL
