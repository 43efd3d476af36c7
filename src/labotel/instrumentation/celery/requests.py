"""What the main process of a worker sees of runs that their child cannot tell of: it is gone.

A hard time limit kills the child; the kernel's memory killer, a fault of C and `os._exit` end it
without a word. Celery's own lines of these stand in the task's trace, too.
"""

import re
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from opentelemetry.context import attach, detach

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
_SIGNAL: Final = re.compile(r"signal (\d+)")
_KNOWN: Final = 1000
"""Exit statuses that are kept at most."""

Fault = Callable[[str, BaseException], None]


class RequestObserver:
    """Observes the ends of runs in `celery.worker.request`; `connect` and `disconnect` it."""

    def __init__(self, fault: Fault, has_children: Callable[[], bool]) -> None:
        self._fault = fault
        self._has_children = has_children
        self._statuses: dict[int, int] = {}
        """How children ended, by their process ids."""
        self._wrappings = [
            Wrapping("Request", "on_timeout", self._around_timeout),
            Wrapping("Request", "on_failure", self._around_failure),
        ]
        self._pool = Wrapping("Pool", "on_job_process_lost", self._around_loss)

    def connect(self, request: Any) -> None:
        """Observe them from now on."""
        for wrapping in self._wrappings:
            wrapping.connect(request)
        from billiard import pool

        self._pool.connect(pool)

    def disconnect(self) -> None:
        """Observe them no more."""
        for wrapping in (*self._wrappings, self._pool):
            wrapping.disconnect()

    def _around_timeout(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def on_timeout(request: Any, soft: Any, *args: Any, **kwargs: Any) -> Any:
            with self._in_trace(request):
                self._try(lambda: self._limit_reached(request, soft))
                return original(request, soft, *args, **kwargs)

        return on_timeout

    def _around_failure(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def on_failure(request: Any, exc_info: Any, *args: Any, **kwargs: Any) -> Any:
            end = self._try(lambda: self._end_of(request, exc_info))
            if end is None:
                return original(request, exc_info, *args, **kwargs)
            with self._in_trace(request):
                self._try(lambda: _lost(request, end))
                return original(request, exc_info, *args, **kwargs)

        return on_failure

    def _around_loss(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Keep how a child ended: billiard forgets it when another ends before it told of it."""

        def on_job_process_lost(pool: Any, job: Any, pid: int, exitcode: int) -> Any:
            if len(self._statuses) < _KNOWN:
                self._statuses.setdefault(pid, exitcode)
            return original(pool, job, pid, exitcode)

        return on_job_process_lost

    def _try(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Exception as error:
            self._fault("celery_request", error)
            return None

    @contextmanager
    def _in_trace(self, request: Any) -> Iterator[None]:
        """Be in the trace that the message brought, where this thread runs no task itself."""
        context = self._try(lambda: _brought(request)) if self._has_children() else None
        token = attach(context) if context is not None else None
        try:
            yield
        finally:
            if token is not None:
                detach(token)

    def _limit_reached(self, request: Any, soft: Any) -> None:
        kind = LimitKind.SOFT if soft else LimitKind.HARD
        if not soft and _stopped():
            return
        name = request.task.name
        tell(TimeLimitReached(task_name=name, kind=kind))
        if not soft and self._has_children():  # else the run's own end says it
            took = max(0.0, time.time() - request.time_start) if request.time_start else None
            tell(TaskFinished(task_name=name, status=TaskStatus.TIMEOUT, duration=took))

    def _end_of(self, request: Any, info: Any) -> ChildEnd | None:
        """Return how a child was lost; None where none was: it tells of a task that failed."""
        error = info.exception
        error = getattr(error, "exc", None) or error  # what crossed processes is wrapped
        status = self._statuses.pop(request.worker_pid, None)
        if not self._has_children() or _stopped():
            return None
        if isinstance(error, (SystemExit, KeyboardInterrupt)):
            gone = any(getattr(request, f"_already_{what}", 0) for what in ("cancelled", "revoked"))
            return None if gone else ChildEnd.EXIT
        if type(error).__name__ != "WorkerLostError":
            return None
        if status is None:
            signed = _SIGNAL.search(str(error))
            status = -int(signed[1]) if signed else 0
        return _end_by(status)


def _brought(request: Any) -> Any:
    from opentelemetry.propagate import extract  # no start needs it

    return extract(request.request_dict)


def _end_by(status: int) -> ChildEnd:
    """Return what an exit status says: negative by a signal; billiard's handler exits with 15."""
    number = -status if status < 0 else signal.SIGTERM if status == signal.SIGTERM else 0
    if not number:
        return ChildEnd.EXIT
    try:
        return _ENDS.get(signal.Signals(number).name, ChildEnd.OTHER)
    except ValueError:  # one of the real-time signals
        return ChildEnd.OTHER


def _lost(request: Any, end: ChildEnd) -> None:
    name = request.task.name
    tell(ChildLost(task_name=name, cause=end))
    tell(TaskFinished(task_name=name, status=TaskStatus.FAILURE, duration=None))


def _stopped() -> bool:
    """Tell whether an operator ended the worker at once, its children with it."""
    from celery.worker import state

    return state.should_terminate not in (None, False)
