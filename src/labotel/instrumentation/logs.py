"""The standard library's logging, observed where every logger passes: `Logger.callHandlers`.

A handler on the root would be taken away by `dictConfig`, by `basicConfig(force=True)` and by
Celery, and loggers that do not propagate never reach it.

Lines from labotel's level on (INFO unless set) are observed also where nobody chose a level, so
that the root still has Python's default, WARNING. The root is lowered then; what its handlers
get stays as it was.
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from itertools import islice
from types import TracebackType
from typing import Any, Final, Protocol, Self

from opentelemetry import trace

from labotel.events import clock
from labotel.events.judge import scalar
from labotel.events.texts import CAP, text_of
from labotel.instrumentation.relayed import here
from labotel.policy.still import KEY
from labotel.signals.carried import acting
from labotel.signals.records import Failure, Foreign, Line, plain
from labotel.signals.spans import failure_of

# What a LogRecord always has; what else stands on it came by `extra`.
_USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OWN: Final = ("labotel", "opentelemetry", "urllib3")
_EXTRA_LIMIT: Final = 32
_CHAIN: Final = 100
"""So many exceptions of one chain are shown."""


class Sink(Protocol):
    """Takes log lines in."""

    def line(self, line: Line | Foreign) -> None:
        """Take a line."""

    def line_lost(self, error: BaseException) -> None:
        """Count a line that could not be taken."""


class Lowered(int):
    """A level that labotel gave the root; `chosen` is the one that its handlers go by."""

    chosen: int

    def __new__(cls, level: int, chosen: int) -> Self:  # noqa: D102  # as an int is made
        made = super().__new__(cls, level)
        made.chosen = chosen
        return made


class LogObserver:
    """Observes all loggers; `connect` and `disconnect` it."""

    def __init__(self, sink: Sink, level: int, is_own_thread: Callable[[], bool]) -> None:
        self._sink = sink
        self._level = level
        self._is_own_thread = is_own_thread
        self.relayed = False
        """Whether handlers may hand a record on to a library that is observed, too."""
        self._original: Any = None
        self._made: Any = None

    def connect(self) -> None:
        """Observe every record from now on."""
        if self._original is not None:
            return
        self._original = original = logging.Logger.callHandlers
        observe, level = self.observe, self._level

        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            if self._original is not original:  # disconnected, under somebody else's wrapping
                original(logger, record)
                return
            try:
                observed = record.levelno >= level and observe(record)
                wanted = record.levelno >= _real_level(logger)
            except Exception:  # a level that is no number; or as deep as the stack may be
                observed, wanted = False, True
            if not wanted:
                return
            if not observed or not self.relayed:
                original(logger, record)
                return
            before, here.by_logging = here.by_logging, True
            try:
                original(logger, record)
            finally:
                here.by_logging = before

        # Handlers that look for whoever logged (loguru's InterceptHandler) pass over logging alone.
        call_handlers.__code__ = call_handlers.__code__.replace(co_filename=logging.__file__)
        self._made = call_handlers
        logging.Logger.callHandlers = call_handlers  # type: ignore[method-assign,assignment]
        if logging.root.level == logging.WARNING and not logging.root.handlers:
            self.lower()

    def lower(self) -> None:
        """Let the root's level hide nothing from labotel; its handlers still go by it.

        Called again by an integration whose framework sets the root's level for its console.
        """
        root = logging.root
        if root.level > self._level and not isinstance(root.level, Lowered):
            root.setLevel(Lowered(self._level, chosen=root.level))

    def disconnect(self) -> None:
        """Stop observing, and give the root its level back; what others put on top stays."""
        if self._original is None:
            return
        if logging.Logger.callHandlers is self._made:
            logging.Logger.callHandlers = self._original  # type: ignore[method-assign]
        self._original = None
        if isinstance(logging.root.level, Lowered):
            logging.root.setLevel(logging.root.level.chosen)

    def observe(self, record: logging.LogRecord) -> bool:
        """Take one record; its text is made now, as its arguments may change."""
        try:
            name = _text(record.name)
            if name.split(".", 1)[0] in _OWN or self._is_own_thread():
                return False
            if self.relayed and here.by_loguru:
                return True
            span = trace.get_current_span()
            context = None if span is trace.INVALID_SPAN else span.get_span_context()
            line = Line(
                name,
                record.levelno,
                _message(record),
                _time(record),
                context,
                _failure(record),
                _extra(record),
                acting(),
            )
            rendered = here.rendered
            self._sink.line(line if rendered is None else rendered(line))
        except Exception as error:  # a line that cannot be observed must still be logged
            self._sink.line_lost(error)
        return True


def _text(value: object) -> str:
    """Return a name as it is; a record that was made by hand may hold anything for it."""
    return value[:KEY] if type(value) is str else text_of(value, KEY)


def _time(record: logging.LogRecord) -> int:
    """Return when a line was said, in ns; now, where the record does not know."""
    try:
        return int(record.created * 1e9)
    except Exception:
        return clock.now()


def _real_level(logger: logging.Logger) -> int:
    """Return the level by which the handlers of a logger go: 0 unless labotel lowered it."""
    current: logging.Logger | None = logger
    while current is not None:
        if current.level:
            return current.level.chosen if isinstance(current.level, Lowered) else 0
        current = current.parent
    return 0


def _message(record: logging.LogRecord) -> str:
    try:
        text = record.getMessage()
    except Exception:  # wrong arguments: the standard library reports them itself
        return text_of(record.msg, CAP)
    return text[:CAP] if type(text) is str else text_of(text, CAP)


def _failure(record: logging.LogRecord) -> Failure | None:
    info = record.exc_info
    if type(info) is not tuple or len(info) != 3 or not issubclass(type(info[1]), BaseException):
        return None
    kind, error, trace = info
    assert error is not None
    return failure_of(error, stack=stack_of(kind, error, trace))


def stack_of(
    kind: type[BaseException] | None, error: BaseException, trace: TracebackType | None
) -> str:
    """Return the traceback; of very many exceptions that led to one another, the last's alone."""
    try:
        count, cause = 0, error.__cause__ or error.__context__
        while cause is not None and count < _CHAIN:
            count, cause = count + 1, cause.__cause__ or cause.__context__
        return "".join(traceback.format_exception(kind, error, trace, chain=count < _CHAIN))
    except Exception:
        return ""


def extra_of(given: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the plain values among what was given by name, so many as a record may have.

    Objects (a request, a user) stay inside.
    """
    named = (key for key in given if type(key) is str and not key.startswith("_"))
    return {
        key[:KEY]: plain(scalar(given[key]))
        for key in islice(named, _EXTRA_LIMIT)
        if issubclass(type(given[key]), (str, int, float))
    }


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    given = vars(record)
    extra: dict[str, Any] = {}
    if len(given) > len(_USUAL) - 3:  # else the usual case: nothing was added
        extra = extra_of({n: v for n, v in given.items() if n not in _USUAL})
    extra["code.file.path"] = _text(record.pathname)
    extra["code.line.number"] = _whole(record.lineno)
    extra["code.function.name"] = None if record.funcName is None else _text(record.funcName)
    return extra


def _whole(value: object) -> int | None:
    return value if type(value) is int else None
