"""One question to Redis: a command or a pipeline, its span, and what is counted of it.

A command is its name alone: keys and values may be about people.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from labotel.catalogs.redis import RedisAsked
from labotel.events.dispatch import tell
from labotel.events.texts import text_of
from labotel.policy.still import KEY

PIPELINE: Final = "PIPELINE"
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_.]{0,30}")
_WAITING: Final = frozenset(
    {"BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP",
     "XREAD", "XREADGROUP", "WAIT", "WAITAOF"}
)  # fmt: skip
"""They wait until something is there: a loop around one, in no trace, is no work."""


class Asking:
    """Begins a question; None where it is not observed."""

    def __init__(
        self,
        tracer: Tracer,
        is_own_thread: Callable[[], bool],
        fault: Callable[[str, BaseException], None],
    ) -> None:
        self._tracer = tracer
        self._is_own_thread = is_own_thread
        self._fault = fault

    def begin(self, commands: Sequence[Any], name: str = "") -> "Asked | None":
        """Begin one command, or several that are asked at once by a `name`."""
        try:
            if self._is_own_thread() or not commands:
                return None
            names = [name_of(command) for command in commands]
            operation = name or names[0]
            waits = operation in _WAITING
            span: Span = trace.INVALID_SPAN
            if not waits or trace.get_current_span() is not trace.INVALID_SPAN:
                attributes: dict[str, Any] = {
                    "db.system.name": "redis",
                    "db.operation.name": operation,
                }
                if name and len(names) > 1:
                    attributes["db.operation.batch.size"] = len(names)
                span = self._tracer.start_span(
                    operation, kind=SpanKind.CLIENT, attributes=attributes
                )
            return Asked(span, operation, names if name else None, waits, self._fault)
        except Exception as error:
            self._fault("redis", error)
            return None


class Asked:
    """A question under way; `end` it, with the error where there was one."""

    __slots__ = ("_fault", "_names", "_operation", "_span", "_started", "_waits")

    def __init__(
        self,
        span: Span,
        operation: str,
        names: list[str] | None,
        waits: bool,
        fault: Callable[[str, BaseException], None],
    ) -> None:
        self._span = span
        self._operation = operation
        self._names = names
        self._waits = waits
        self._fault = fault
        self._started = time.perf_counter_ns()

    def end(self, error: BaseException | None = None) -> None:
        """Say what was asked, and end the span."""
        took = (time.perf_counter_ns() - self._started) / 1e9
        try:
            if error is not None:
                _failed(self._span, type(error).__qualname__)
            self._say(None if self._waits else took, "success" if error is None else "failure")
        except Exception as fault:
            self._fault("redis", fault)
        finally:
            self._span.end()

    def _say(self, took: float | None, status: Any) -> None:
        operation, names = self._operation.lower(), self._names
        one = 1 if names is None else None
        tell(RedisAsked(operation=operation, status=status, commands=one, duration=took))
        for name, count in Counter(names or ()).items():
            tell(RedisAsked(operation=name.lower(), status=status, commands=count, duration=None))


def _failed(span: Span, kind: str) -> None:
    """Mark a span as failed, by the kind of error: Redis's words repeat what it was given."""
    said = text_of(kind, KEY)
    span.set_attribute("error.type", said)
    span.set_status(Status(StatusCode.ERROR, said))


def name_of(command: Any) -> str:
    """Return the name of a command, `OTHER` where it has none."""
    return _name_of(command) if type(command) in (str, bytes) else "OTHER"


@lru_cache(maxsize=512)
def _name_of(command: str | bytes) -> str:
    text = command.decode("ascii", "replace") if isinstance(command, bytes) else command
    name = text.partition(" ")[0].upper()  # redis-py's own CLIENT LIST is one word
    return name if _NAME.fullmatch(name) else "OTHER"
