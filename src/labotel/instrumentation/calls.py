"""A declared event for each call of a decorated view or task.

Nothing is observed here that is observed already: no span, and no event of a request or a task.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any, Final

from opentelemetry import trace

from labotel.events import clock, dispatch
from labotel.events.errors import DeclarationError, EventError, nearest
from labotel.events.event import Event, label_text
from labotel.events.fields import NONE_LABEL
from labotel.events.marks import MEASURED, MISSING, Outcome, Pseudonymous
from labotel.events.timed import duration_as
from labotel.instrumentation.lives import SYSTEM, who

ANONYMOUS: Final = Pseudonymous("anonymous")
"""Who asked, where nobody signed in."""
_FILLED: Final = ("outcome", "duration", "error_type", "user")
_ANSWERS: Final = frozenset({"Http404", "PermissionDenied", "SuspiciousOperation", "BadRequest"})
"""What a view of Django's raises to be answered with 4xx: no fault of the application's."""


@dataclass(frozen=True)
class Kind:
    """What is different between a view and a task."""

    nobody: Pseudonymous
    key: Callable[[tuple[Any, ...]], Any]
    """Return what is one for all calls of one request or run."""
    goes_on: Callable[[BaseException], bool]
    """Tell whether an exception says that the work goes on elsewhere."""
    ended_well: Callable[[BaseException], bool]
    """Tell whether an exception is no failure."""


def _request(args: tuple[Any, ...]) -> Any:
    return next((id(one) for one in args if hasattr(one, "META")), None)


def _run(args: tuple[Any, ...]) -> Any:
    celery = sys.modules.get("celery")
    request = None if celery is None else getattr(celery.current_task, "request", None)
    return None if request is None else getattr(request, "id", None)


def _is(error: BaseException, module: str, *names: str) -> bool:
    return any(
        kind.__name__ in names and kind.__module__.partition(".")[0] == module
        for kind in type(error).__mro__
    )


view: Final = Kind(ANONYMOUS, _request, lambda _: False, lambda _: False)
task: Final = Kind(
    SYSTEM, _run,
    lambda error: _is(error, "celery", "Retry", "Reject"),
    lambda error: _is(error, "celery", "Ignore"),
)  # fmt: skip


@dataclass
class Call:
    """One call under way."""

    event: type[Event]
    key: Any
    fields: dict[str, Any]
    started: int
    status: int = 0


_under_way: ContextVar[tuple[Call, ...]] = ContextVar("labotel_calls", default=())


class Decoration:
    """One use of a decorator: an event and its fields, judged once."""

    def __init__(self, name: str, event: Any, fields: dict[str, Any], kind: Kind) -> None:
        self._name = name
        self._event: type[Event] = event
        self._fields = fields
        self._kind = kind
        _judge(name, event, fields)

    def around(self, function: Any) -> Any:
        """Return a view or a task's function with the event at its end; a task's object itself."""
        if type(function).__module__ == "celery.local" or hasattr(type(function), "apply_async"):
            from labotel.instrumentation.celery.decorated import wrap_run

            wrap_run(function, self.around)
            return function
        if isinstance(function, type) or not callable(function):
            raise TypeError(
                f"{self._name}: {function!r} is no function; allowed: a function or method, for a "
                "class of views its `dispatch`, by Django's method_decorator"
            )
        return self._wrapped(function)

    def _wrapped(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.iscoroutinefunction(function):

            @wraps(function)
            async def call_async(*args: Any, **kwargs: Any) -> Any:
                if dispatch.sink is None:
                    return await function(*args, **kwargs)
                with self._call(args, kwargs) as call:
                    for name, value in list(call.fields.items()):
                        if inspect.isawaitable(value):
                            call.fields[name] = await value
                    return _answered(call, await function(*args, **kwargs))

            return call_async

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if dispatch.sink is None:
                return function(*args, **kwargs)
            made = self._call(args, kwargs)
            with made as under_way:
                answer = function(*args, **kwargs)
                if not inspect.iscoroutine(answer):
                    return _answered(under_way, answer)
                made.later()
            return made.rest(answer)

        return call

    def _call(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> "_Calling":
        fields: dict[str, Any] = {}
        for name, value in self._fields.items():
            try:
                fields[name] = value(*args, **kwargs) if callable(value) else value
            except Exception as error:  # a function of the application's: the event says what lacks
                dispatch.fault("observed_field", error)
        made = Call(self._event, self._kind.key(args), fields, clock.ticks())
        return _Calling(made, self._kind)


class _Calling:
    """The time of a call: the span's labels at its begin, the event at its end."""

    def __init__(self, call: Call, kind: Kind) -> None:
        self._made = call
        self._kind = kind
        self._later = False
        self._token: Any = None
        self._outer: Call | None = None

    def __enter__(self) -> Call:
        around = _under_way.get()
        made = self._made
        same = [c for c in around if c.event is made.event and c.key == made.key]
        if same:  # a view within a view: its values count, and it says nothing itself
            self._outer = same[-1]
            self._outer.fields.update(made.fields)
        else:
            self._token = _under_way.set((*around, made))
        _mark_span(made)
        return made if self._outer is None else self._outer

    def __exit__(self, kind: object, error: BaseException | None, stack: object) -> None:
        if self._token is None:
            return
        _under_way.reset(self._token)
        if self._later:
            return
        try:
            _end(self._made, self._kind, error)
        except EventError:  # strict: a test is to see it
            raise
        except Exception as problem:
            dispatch.fault("observed_end", problem)

    def later(self) -> None:
        """Let the call end where the coroutine ends that it gave."""
        self._later = True

    async def rest(self, answer: Any) -> Any:
        """Wait for that coroutine, within the call."""
        if self._outer is not None:
            return _answered(self._outer, await answer)
        self._later = False
        self._token = _under_way.set((*_under_way.get(), self._made))
        with self._again():
            return _answered(self._made, await answer)

    @contextmanager
    def _again(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        self.__exit__(None, None, None)


def _answered(call: Call, answer: Any) -> Any:
    status = getattr(answer, "status_code", None)
    call.status = status if type(status) is int else 0
    return answer


def _mark_span(call: Call) -> None:
    """Put the call's labels on the current span: the request's, or the task's."""
    try:
        span = trace.get_current_span()
        if not span.is_recording():
            return
        for name, value in call.fields.items():
            declared = call.event._plan.field(name)
            text = label_text(declared, value) if declared.place == "label" else None
            if text is not None and declared.limit is None:
                span.set_attribute(name, text)
    except Exception as error:
        dispatch.fault("observed_span", error)


def _end(call: Call, kind: Kind, error: BaseException | None) -> None:
    """Say the event of a call that ended."""
    if error is not None and kind.goes_on(error):
        return
    took = timedelta(microseconds=max(0, clock.ticks() - call.started) / 1000)
    if error is not None and kind.ended_well(error):
        error = None
    failed = error is not None or call.status >= 400
    known = call.event._plan.index
    fields = call.fields
    if "duration" in known:
        fields.setdefault("duration", duration_as(call.event, "duration", took))
    if "outcome" in known:
        fields["outcome"] = Outcome.FAILURE if failed else Outcome.SUCCESS
    if "error_type" in known:
        none = None if call.event._plan.field("error_type").optional else NONE_LABEL
        fields.setdefault("error_type", none if error is None else type(error).__name__)
    if "user" in known and "user" not in fields:
        person = who()
        fields["user"] = kind.nobody if person is SYSTEM else person
    for one in call.event._plan.fields:
        if one.default is MEASURED:
            fields.setdefault(one.name, None)
    made = call.event(**fields)
    if error is None or _is(error, "django", *_ANSWERS) or dispatch.sink is None:
        dispatch.emit(made)
    else:
        dispatch.sink.emit_failed(made, error)


def _judge(name: str, event: Any, fields: dict[str, Any]) -> None:
    """Refuse at once what no call could say."""
    if not (isinstance(event, type) and issubclass(event, Event) and hasattr(event, "_plan")):
        raise DeclarationError(f"{name}({event!r}): allowed: an Event class with name=")
    known = event._plan.index
    for given, value in fields.items():
        if given not in known:
            raise DeclarationError(
                f"{name}: {event.__name__} has no field {given!r}{nearest(given, known)}; allowed: "
                f"{', '.join(known)}"
            )
        declared = event._plan.field(given)
        if callable(value):
            continue
        if declared.place == "label" and label_text(declared, value) is None:
            raise DeclarationError(
                f"{name}: {event.__name__}.{given}={value!r}; allowed: {declared.allowed}, or a "
                "function of the call's arguments"
            )
    missing = [
        one.name for one in event._plan.fields
        if one.default is MISSING and one.name not in fields and one.name not in _FILLED
    ]  # fmt: skip
    if missing:
        raise DeclarationError(
            f"{name}: nothing fills {event.__name__}.{missing[0]}; give it, as a value or as a "
            f"function of the call's arguments ({', '.join(_FILLED)} are filled in)"
        )
