"""The standard library's logging, observed where every logger passes: `Logger.callHandlers`.

A handler on the root would be taken away by `dictConfig`, by `basicConfig(force=True)` and by
Celery, and loggers that do not propagate never reach it.

Lines from labotel's level on (INFO unless set) are observed also where nobody chose a level, so
that the root still has Python's default, WARNING. The root is lowered then; what its handlers
get stays as it was.
"""

import logging
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Protocol, Self

from opentelemetry import trace

from labotel.signals.carried import pseudonym
from labotel.signals.records import CAP, Failure, Foreign, Line, plain
from labotel.signals.spans import failure_of

# What a LogRecord always has; what else stands on it came by `extra`.
_USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_OWN: Final = ("labotel", "opentelemetry", "urllib3")
_EXTRA_LIMIT: Final = 32


class Sink(Protocol):
    """Takes log lines in."""

    def line(self, line: Line | Foreign) -> None:
        """Take a line."""


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
        self._original: Any = None

    def connect(self) -> None:
        """Observe every record from now on."""
        if self._original is not None:
            return
        self._original = original = logging.Logger.callHandlers
        observe, level = self.observe, self._level

        def call_handlers(logger: logging.Logger, record: logging.LogRecord) -> None:
            if record.levelno >= level:
                observe(record)
            if record.levelno >= _real_level(logger):
                original(logger, record)

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
        """Stop observing, and give the root its level back."""
        if self._original is None:
            return
        logging.Logger.callHandlers = self._original  # type: ignore[method-assign]
        self._original = None
        if isinstance(logging.root.level, Lowered):
            logging.root.setLevel(logging.root.level.chosen)

    def observe(self, record: logging.LogRecord) -> None:
        """Take one record; its text is made now, as its arguments may change."""
        if record.name.split(".", 1)[0] in _OWN or self._is_own_thread():
            return
        try:
            span = trace.get_current_span()
            context = None if span is trace.INVALID_SPAN else span.get_span_context()
            self._sink.line(
                Line(
                    record.name,
                    record.levelno,
                    _message(record),
                    int(record.created * 1e9),
                    context,
                    _failure(record.exc_info),
                    _extra(record),
                    pseudonym(),
                )
            )
        except Exception:  # a line that cannot be observed must still be logged
            return


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
        return record.getMessage()[:CAP]
    except Exception:  # wrong arguments: the standard library reports them itself
        return str(record.msg)[:CAP]


def _failure(
    info: tuple[type[BaseException], BaseException, TracebackType | None]
    | tuple[None, None, None]
    | None,
) -> Failure | None:
    if not info or info[1] is None:
        return None
    stack = "".join(traceback.format_exception(info[0], info[1], info[2]))
    return failure_of(info[1], stack=stack)


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    given = vars(record)
    if len(given) <= len(_USUAL) - 3:  # the usual case: nothing was added
        extra: dict[str, Any] = {}
    else:
        names = [name for name in given if name not in _USUAL and not name.startswith("_")]
        extra = {name: given[name] for name in names[:_EXTRA_LIMIT]}
        extra = {
            k: v[:CAP] if isinstance(v, str) else plain(v) for k, v in extra.items() if _simple(v)
        }
    extra["code.file.path"] = record.pathname
    extra["code.line.number"] = record.lineno
    extra["code.function.name"] = record.funcName
    return extra


def _simple(value: Any) -> bool:
    """Tell whether an extra is a plain value: objects (a request, a user) stay inside."""
    return isinstance(value, (str, int, float, bool))
