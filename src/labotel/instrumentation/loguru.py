"""loguru's records, by a sink of labotel's own.

An application takes all sinks away (`logger.remove()`) before it adds its own, so labotel's comes
back then. Lines of the standard library that an InterceptHandler hands to loguru are observed
already, and those that a sink hands to the standard library are by the time it does.
"""

from collections.abc import Callable
from typing import Any

from opentelemetry import trace

from labotel.events.texts import CAP, text_of
from labotel.instrumentation.logs import Sink, extra_of, stack_of
from labotel.instrumentation.relayed import here
from labotel.policy.still import KEY
from labotel.signals.carried import acting
from labotel.signals.records import Line
from labotel.signals.spans import failure_of


class LoguruObserver:
    """Observes what goes through loguru; `connect` and `disconnect` it."""

    def __init__(self, sink: Sink, level: int, is_own_thread: Callable[[], bool]) -> None:
        self._sink = sink
        self._level = level
        self._is_own_thread = is_own_thread
        self._logger: Any = None
        self._id: int | None = None
        self._wrapped: list[tuple[Any, str, Any, Any]] = []

    def connect(self, module: Any) -> None:
        """Observe every record from now on."""
        if self._logger is not None:
            return
        self._logger = module.logger
        self._wrap(type(self._logger), "remove", self._removing)
        handler = getattr(getattr(module, "_handler", None), "Handler", None)
        if handler is not None:  # private: without it, what is handed on would be there twice
            self._wrap(handler, "emit", _handing_on)
        self._add()

    def disconnect(self) -> None:
        """Take the sink away, and give loguru its own methods back."""
        if self._logger is None:
            return
        for owner, name, original, made in reversed(self._wrapped):
            if getattr(owner, name) is made:
                setattr(owner, name, original)
        self._wrapped.clear()
        try:
            self._logger.remove(self._id)
        except ValueError:  # somebody took it away already
            pass
        self._logger = self._id = None

    def _wrap(self, owner: Any, name: str, around: Callable[[Any], Any]) -> None:
        original = getattr(owner, name)
        made = around(original)
        setattr(owner, name, made)
        self._wrapped.append((owner, name, original, made))

    def _add(self) -> None:
        # Its text is never used; with a traceback's variables it would cost, and tell, much.
        self._id = self._logger.add(
            self._take, level=self._level, format=lambda _: "", backtrace=False, diagnose=False
        )

    def _removing(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def remove(logger: Any, handler_id: int | None = None) -> None:
            original(logger, handler_id)
            if handler_id is None and self._logger is not None:
                self._add()

        return remove

    def _take(self, message: Any) -> None:
        try:
            if not here.by_logging and not self._is_own_thread():
                self._sink.line(_line(message.record))
        except Exception as error:  # loguru would print it
            self._sink.line_lost(error)


def _handing_on(original: Callable[..., Any]) -> Callable[..., Any]:
    def emit(handler: Any, *args: Any, **kwargs: Any) -> Any:
        before, here.by_loguru = here.by_loguru, True
        try:
            return original(handler, *args, **kwargs)
        finally:
            here.by_loguru = before

    return emit


def _line(record: dict[str, Any]) -> Line:
    span = trace.get_current_span()
    context = None if span is trace.INVALID_SPAN else span.get_span_context()
    raised = record["exception"]
    failure = None
    if raised is not None and isinstance(raised.value, BaseException):
        stack = stack_of(raised.type, raised.value, raised.traceback)
        failure = failure_of(raised.value, stack=stack)
    extra = extra_of(record["extra"])
    extra["code.file.path"] = str(record["file"].path)[:KEY]
    extra["code.line.number"] = record["line"]
    extra["code.function.name"] = str(record["function"])[:KEY]
    return Line(
        str(record["name"] or "loguru")[:KEY],
        record["level"].no,
        text_of(record["message"], CAP),
        int(record["time"].timestamp() * 1e9),
        context,
        failure,
        extra,
        acting(),
    )
