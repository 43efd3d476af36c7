"""structlog's events, as they are before the last processor renders them.

One that goes through the standard library is the record that is observed there, with structlog's
own words and key-values in place of the rendered text; so levels and filters count, and no line is
there twice. All others (printed, written) are observed here.
"""

import logging
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

from opentelemetry import trace

from labotel.events import clock
from labotel.events.texts import CAP, text_of
from labotel.instrumentation.logs import Sink, extra_of, stack_of
from labotel.instrumentation.relayed import here
from labotel.policy.still import KEY
from labotel.signals.carried import acting
from labotel.signals.records import Failure, Line
from labotel.signals.spans import failure_of

LEVELS: Final = {
    "debug": 10, "info": 20, "msg": 20, "warn": 30, "warning": 30, "err": 40, "error": 40,
    "exception": 40, "failure": 40, "critical": 50, "fatal": 50,
}  # fmt: skip
_SAID: Final = frozenset(
    {"event", "level", "logger", "logger_name", "timestamp", "exc_info", "exception", "stack_info",
     "positional_args"}
)  # fmt: skip
"""Keys that say what a record says in places of its own."""


class StructlogObserver:
    """Observes what goes through structlog; `connect` and `disconnect` it."""

    def __init__(
        self, sink: Sink, level: int, is_own_thread: Callable[[], bool], through_logging: bool
    ) -> None:
        self._sink = sink
        self._level = level
        self._is_own_thread = is_own_thread
        self._through_logging = through_logging
        self._wrapped: tuple[Any, Any, Any] | None = None

    def connect(self, module: Any) -> None:
        """Observe every event from now on."""
        if self._wrapped is None:
            base = module.BoundLoggerBase
            original = base._proxy_to_logger
            made = _unseen(self._around(original))
            base._proxy_to_logger = made
            self._wrapped = base, original, made

    def disconnect(self) -> None:
        """Give structlog its own method back, unless somebody else's stands on it."""
        if self._wrapped is None:
            return
        base, original, made = self._wrapped
        self._wrapped = None
        if base._proxy_to_logger is made:
            base._proxy_to_logger = original

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def proxy(bound: Any, method_name: str, *args: Any, **event_kw: Any) -> Any:
            found: list[dict[str, Any]] = []
            twin = _watched(bound, found)
            if twin is None or self._wrapped is None:
                return original(bound, method_name, *args, **event_kw)
            raised = event_kw.get("exc_info")
            by_logging = self._through_logging and isinstance(bound._logger, logging.Logger)
            before = here.rendered
            if by_logging:
                here.rendered = lambda line: _unrendered(line, found, raised)
            try:
                return original(twin, method_name, *args, **event_kw)
            finally:
                here.rendered = before
                if found and not by_logging:
                    self._observe(bound._logger, method_name, found[-1], raised)

        return proxy

    def _observe(self, logger: Any, method: str, event: dict[str, Any], raised: Any) -> None:
        try:
            level = LEVELS.get(str(event.get("level", method)).lower(), LEVELS.get(method, 20))
            enabled = not isinstance(logger, logging.Logger) or logger.isEnabledFor(level)
            if level < self._level or not enabled or self._is_own_thread():
                return
            span = trace.get_current_span()
            context = None if span is trace.INVALID_SPAN else span.get_span_context()
            failure, name = failure_in(event, raised), logger_in(event)
            name = name or text_of(getattr(logger, "name", None) or "structlog", KEY)
            self._sink.line(
                Line(
                    name, level, message_in(event), clock.now(), context, failure, rest_of(event),
                    acting(),
                )
            )  # fmt: skip
        except Exception as error:  # a line that cannot be observed must still be logged
            self._sink.line_lost(error)


def _watched(bound: Any, found: list[dict[str, Any]]) -> Any:
    """Return the logger with one more processor, before the one that renders; None: without any."""
    try:
        *processors, renders = bound._processors

        def watch(logger: Any, method_name: str, event: Any) -> Any:
            if isinstance(event, dict):
                found.append(dict(event))  # renderers take keys out
            return event

        return bound.__class__(bound._logger, [*processors, watch, renders], bound._context)
    except Exception:
        return None


def _unrendered(line: Line, found: list[dict[str, Any]], raised: Any) -> Line:
    """Return the line with what structlog was given, in place of the text that it made of it."""
    if not found:  # said by a processor
        return line
    here.rendered = None  # what a handler says after it is its own
    event = found[-1]
    return line._replace(
        message=message_in(event),
        failure=line.failure or failure_in(event, raised),
        extra=rest_of(event) | line.extra,
    )


def message_in(event: dict[str, Any]) -> str:
    """Return what an event says."""
    return text_of(event.get("event", ""), CAP)


def logger_in(event: dict[str, Any]) -> str:
    """Return the name of its logger, where a processor gave it."""
    name = event.get("logger") or event.get("logger_name")
    return text_of(name, KEY) if name else ""


def rest_of(event: dict[str, Any]) -> dict[str, Any]:
    """Return its key-values, but for those that a record has places of its own for."""
    return extra_of({key: value for key, value in event.items() if key not in _SAID})


def failure_in(event: dict[str, Any], raised: Any) -> Failure | None:
    """Return the exception that it tells of, as structlog itself understands `exc_info`."""
    given = event.get("exc_info") or raised
    if isinstance(given, BaseException):
        error: BaseException | None = given
    elif isinstance(given, tuple) and len(given) == 3 and isinstance(given[1], BaseException):
        error = given[1]
    else:
        error = sys.exc_info()[1] if given else None
    if error is None:
        return None
    return failure_of(error, stack=stack_of(type(error), error, error.__traceback__))


def _unseen(function: Any) -> Any:
    """Return a function that structlog takes for one of its own, where it looks for its caller."""
    known = {**function.__globals__, "__name__": "structlog"}
    return FunctionType(function.__code__, known, function.__name__, None, function.__closure__)
