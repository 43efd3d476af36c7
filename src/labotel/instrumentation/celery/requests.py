"""What the main process of a worker sees of runs that their child cannot tell of: it is gone.

A hard time limit kills the child; the kernel's memory killer, a fault of C and `os._exit` end it
without a word. Celery's own lines of these stand in the task's trace, too.
"""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry.context import attach, detach
from opentelemetry.propagate import extract

from labotel.catalogs.tasks import (
    ChildEnd,
    ChildLost,
    LimitKind,
    TaskFinished,
    TaskStatus,
    TimeLimitReached,
)
from labotel.events.dispatch import tell
from labotel.instrumentation.wrapping import Wrapping

_ENDS: Final = {str(end): end for end in ChildEnd}
_SIGNAL: Final = re.compile(r"signal \d+ \((SIG\w+)\)")
_CODE: Final = re.compile(r"exitcode (\d+)")
_TERMINATED: Final = "15"
"""What a child exits with that SIGTERM ended, by billiard's handler."""

Fault = Callable[[str, BaseException], None]


class RequestObserver:
    """Observes the ends of runs in `celery.worker.request`; `connect` and `disconnect` it."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._wrappings = [
            Wrapping("Request", "on_timeout", self._around_timeout),
            Wrapping("Request", "on_failure", self._around_failure),
        ]

    def connect(self, request: Any) -> None:
        """Observe them from now on."""
        for wrapping in self._wrappings:
            wrapping.connect(request)

    def disconnect(self) -> None:
        """Observe them no more."""
        for wrapping in self._wrappings:
            wrapping.disconnect()

    def _around_timeout(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def on_timeout(request: Any, soft: Any, *args: Any, **kwargs: Any) -> Any:
            with self._in_trace(request):
                self._try(lambda: _limit_reached(request, soft))
                return original(request, soft, *args, **kwargs)

        return on_timeout

    def _around_failure(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def on_failure(request: Any, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
            end = self._try(lambda: _end_of(request, exc_info))
            if end is None:
                return original(request, exc_info, *args, **kwargs)
            with self._in_trace(request):
                self._try(lambda: _lost(request, end))
                return original(request, exc_info, *args, **kwargs)

        return on_failure

    def _try(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as error:
            self._fault("celery_request", error)
            return None

    @contextmanager
    def _in_trace(self, request: Any) -> Iterator[None]:
        """Be in the trace that the message brought, where this thread runs no task itself."""
        context = None
        if request.worker_pid != os.getpid():
            context = self._try(lambda: extract(request.request_dict))
        token = attach(context) if context is not None else None
        try:
            yield
        finally:
            if token is not None:
                detach(token)


def _limit_reached(request: Any, soft: Any) -> None:
    kind = LimitKind.SOFT if soft else LimitKind.HARD
    if not soft and _stopped():
        return
    name = request.task.name
    tell(TimeLimitReached(task_name=name, kind=kind))
    if not soft and request.worker_pid != os.getpid():  # else the run's own end says it
        took = max(0.0, time.time() - request.time_start) if request.time_start else None
        tell(TaskFinished(task_name=name, status=TaskStatus.TIMEOUT, duration=took))


def _lost(request: Any, end: ChildEnd) -> None:
    name = request.task.name
    tell(ChildLost(task_name=name, cause=end))
    tell(TaskFinished(task_name=name, status=TaskStatus.FAILURE, duration=None))


def _end_of(request: Any, info: Any) -> ChildEnd | None:
    """Return how a child was lost; None where none was: a task that failed is told of by it."""
    error = info.exception
    error = getattr(error, "exc", None) or error  # what crossed processes is wrapped
    if isinstance(error, (SystemExit, KeyboardInterrupt)):
        gone = getattr(request, "_already_cancelled", 0) or getattr(request, "_already_revoked", 0)
        return None if gone or request.worker_pid == os.getpid() or _stopped() else ChildEnd.EXIT
    if type(error).__name__ != "WorkerLostError" or _stopped():
        return None
    text = str(error)
    if signal := _SIGNAL.search(text):
        return _ENDS.get(signal[1], ChildEnd.OTHER)
    if code := _CODE.search(text):
        return ChildEnd.SIGTERM if code[1] == _TERMINATED else ChildEnd.EXIT
    return ChildEnd.OTHER


def _stopped() -> bool:
    """Tell whether an operator ended the worker at once, its children with it."""
    from celery.worker import state

    return state.should_terminate not in (None, False)
