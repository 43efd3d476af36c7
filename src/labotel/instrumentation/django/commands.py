"""A span and an event for each management command, also for one that another calls.

`BaseCommand.execute` is wrapped: `manage.py` and `call_command` both end there. Of a command's
arguments nothing is said, so neither is the text of a CommandError, which quotes them.
"""

import time
import traceback
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.trace import Span, Status, StatusCode, Tracer

from labotel.catalogs.commands import CommandEnded, CommandFailed, Ended
from labotel.events.dispatch import tell
from labotel.instrumentation.wrapping import Wrapping
from labotel.signals.carried import ACTOR, pseudonym
from labotel.signals.spans import failed, failure_of

SERVING: Final = frozenset({
    "celery", "daphne", "db_worker", "dbshell", "process_tasks", "qcluster", "run_huey",
    "rundramatiq", "runserver", "runserver_plus", "runworker", "rqscheduler", "rqworker", "shell",
    "shell_plus", "test", "testserver",
})  # fmt: skip
"""Commands that serve until somebody ends them: what they do meanwhile is no part of one work."""


class CommandObserver:
    """Wraps `BaseCommand.execute`; `connect` and `disconnect` it.

    `serving` gives the names of the application's own commands that serve.
    """

    def __init__(
        self,
        tracer: Tracer,
        fault: Callable[[str, BaseException], None],
        serving: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._tracer = tracer
        self._fault = fault
        self._serving = serving
        self._wrapping = Wrapping("BaseCommand", "execute", self._around)
        self._said_itself: Any = ()
        self._era: object = None
        self._under_way: dict[object, str] = {}

    def connect(self, base: Any) -> None:
        """Observe the commands of `django.core.management.base`'s class and its heirs."""
        self._said_itself = base.CommandError
        self._wrapping.connect(base)

    def disconnect(self) -> None:
        """Give the class its own method back."""
        self._era = None
        self._wrapping.disconnect()

    def running(self, name: str) -> bool:
        """Tell whether a command of this name is under way in this process."""
        return name in list(self._under_way.values())

    def _around(self, original: Any) -> Any:
        # Beneath somebody else's wrapping this one stays: it is of no use once there is another.
        era = self._era = object()

        @wraps(original)
        def execute(this: Any, *args: Any, **options: Any) -> Any:
            begun = self._begin(this) if self._era is era else None
            if begun is None:
                return original(this, *args, **options)
            name, span = begun
            key, started = object(), time.perf_counter_ns()
            self._under_way[key] = name
            error: BaseException | None = None
            try:
                with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                    return original(this, *args, **options)
            except BaseException as raised:
                error = raised
                raise
            finally:
                self._under_way.pop(key, None)
                self._end(name, span, (time.perf_counter_ns() - started) / 1e9, error)
                error = None  # it knows this frame, and would keep all frames alive with it

        return execute

    def _begin(self, command: Any) -> tuple[str, Span] | None:
        try:
            # As `call_command` itself names one that it is given as an object.
            name = type(command).__module__.rpartition(".")[2]
            if name in SERVING or name in self._serving():
                return None
            fields = {"django.command": name}
            who = pseudonym()
            if who is not None:
                fields[ACTOR] = who
            return name, self._tracer.start_span(f"manage.py {name}", attributes=fields)
        except Exception as error:
            self._fault("command_begin", error)
            return None

    def _end(self, name: str, span: Span, took: float, error: BaseException | None) -> None:
        try:
            outcome = self._outcome(error)
            span.set_attribute("django.command.outcome", outcome)
            if error is not None and outcome != "success":
                kind = type(error).__qualname__
                _mark(span, error, kind, outcome)
                with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                    tell(CommandFailed(command=name, outcome=outcome, error=kind))
            tell(CommandEnded(command=name, outcome=outcome, duration=took))
        except Exception as fault:
            self._fault("command_end", fault)
        finally:
            span.end()

    def _outcome(self, error: BaseException | None) -> Ended:
        if error is None:
            return "success"
        if isinstance(error, SystemExit):
            return "success" if error.code is None or error.code == 0 else "exit"
        if isinstance(error, self._said_itself):
            return "error"
        return "interrupted" if isinstance(error, KeyboardInterrupt) else "failure"


def _mark(span: Span, error: BaseException, kind: str, outcome: Ended) -> None:
    """Mark a span as failed: with the exception's text where that is none about arguments."""
    if outcome == "failure":
        failed(span, failure_of(error, stack="".join(traceback.format_exception(error))))
    else:
        span.set_attribute("error.type", kind)
        span.set_status(Status(StatusCode.ERROR, kind))
