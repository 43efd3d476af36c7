"""`timed`: a piece of work as a span, its duration, its outcome, and one event at its end."""

import inspect
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal
from functools import wraps
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, cast

from labotel.events import clock, dispatch
from labotel.events.event import Event
from labotel.events.fields import NONE_LABEL
from labotel.events.marks import MEASURED, Outcome

P = ParamSpec("P")
F = TypeVar("F", bound=Callable[..., Any])


class timed(Generic[P]):  # noqa: N801  # reads as a verb: `with timed(...)`, `@timed(...)`
    """Time a block, or each call of a function, and emit `event` when it ends.

    The event's fields named `duration` (seconds), `outcome` and `error_type` are filled in where
    it has them; `set` fills in others. When the work raises, an event with an `outcome` field is
    emitted with ``failure``, one without is not emitted; the exception goes on in either case and
    stands on the span.

        with labotel.timed(ReportRendered, size=Size.LARGE) as t:
            t.set(pages=render())

        @labotel.timed(ReportRendered, size=Size.LARGE)
        async def render() -> None: ...
    """

    __slots__ = ("_event", "_fields", "_handle", "_start", "_ticks", "_work")

    def __init__(self, event: Callable[P, Event], /, *args: P.args, **fields: P.kwargs) -> None:
        if not (isinstance(event, type) and issubclass(event, Event) and hasattr(event, "_plan")):
            raise TypeError(f"timed({event!r}, ...): give a concrete Event class")
        self._event: type[Event] = event
        self._fields: dict[str, Any] = dict(fields)
        self._work: AbstractContextManager[dispatch.Work] | None = None
        self._handle: dispatch.Work | None = None
        self._ticks = clock.ticks
        self._start = 0

    def set(self, /, **fields: Any) -> None:
        """Fill in fields whose values are known only while the work runs."""
        self._fields.update(fields)

    def __enter__(self) -> Self:
        sink = dispatch.sink
        if sink is not None:
            self._work = sink.work(self._event._plan.name)
            self._handle = self._work.__enter__()
        self._ticks = ticks = clock.ticks  # the end is read from the clock of the start
        self._start = ticks()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        took = timedelta(microseconds=max(0, self._ticks() - self._start) / 1000)
        work, self._work = self._work, None
        if work is None:
            return
        try:
            if error is not None and self._handle is not None:
                self._handle.fail(error)
            self._say(took, error)
        except RecursionError:  # not even its event found room on the stack
            dispatch.lost += 1
        finally:
            work.__exit__(None, None, None)

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: F) -> F:
        """Time each call of `function`, a coroutine function too.

        Raises TypeError for a generator function, whose call takes no time and does no work.
        """
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(
                f"timed: {function.__qualname__} is a generator function; put `with timed(...)` "
                "around the work inside it"
            )
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def run_async(*args: Any, **kwargs: Any) -> Any:
                with self._again():
                    return await function(*args, **kwargs)

            return cast("F", run_async)

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            with self._again():
                return function(*args, **kwargs)

        return cast("F", run)

    def _again(self) -> "timed[...]":
        return timed(self._event, **self._fields)

    def _say(self, took: timedelta, error: BaseException | None) -> None:
        known = self._event._plan.index
        fields = dict(self._fields)
        if "duration" in known:
            fields.setdefault("duration", duration_as(self._event, "duration", took))
        if "outcome" in known:
            fields["outcome"] = Outcome.SUCCESS if error is None else Outcome.FAILURE
        elif error is not None:
            return
        if "error_type" in known:
            none = None if self._event._plan.field("error_type").optional else NONE_LABEL
            fields.setdefault("error_type", none if error is None else type(error).__name__)
        if error is not None:
            _fill_measured(self._event, fields)
        event = self._event(**fields)
        sink = dispatch.sink
        if sink is None:
            return
        if error is None:
            dispatch.emit(event)
        else:
            sink.emit_failed(event, error)


def duration_as(event: type[Event], name: str, took: timedelta) -> Any:
    """Return the duration in the field's own type: a timedelta, or a number of seconds."""
    kind = event._plan.field(name).type
    return kind(took.total_seconds()) if kind in (int, float, Decimal) else took


def _fill_measured(event: type[Event], fields: dict[str, Any]) -> None:
    """Leave out what the failed work did not get to measure."""
    for field in event._plan.fields:
        if field.default is MEASURED:
            fields.setdefault(field.name, None)
