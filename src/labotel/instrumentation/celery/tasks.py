"""Spans, events and log lines of tasks, and the ends of worker processes.

The spans come from opentelemetry-instrumentation-celery. Order matters: our event of a run is
said before that package ends the run's span, so its receivers stand between ours.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.metrics import NoOpMeterProvider

from labotel.catalogs.tasks import TaskBegun, TaskFinished, TaskStatus
from labotel.events.dispatch import tell
from labotel.instrumentation import repeats
from labotel.instrumentation.celery.names import queue_of
from labotel.instrumentation.celery.publishing import PUBLISHED_HEADER
from labotel.instrumentation.celery.receivers import Receivers
from labotel.instrumentation.messages import announced
from labotel.signals.carried import acting, actor, fields_of

_STATES = {
    "SUCCESS": TaskStatus.SUCCESS,
    "RETRY": TaskStatus.RETRY,
    "REVOKED": TaskStatus.REVOKED,
    "REJECTED": TaskStatus.REVOKED,
    "IGNORED": TaskStatus.SUCCESS,
}

_TIMEOUTS: Final = ("gevent", "eventlet")
"""Whose greenlets end a run at its hard time limit by an exception of theirs, `Timeout`."""


class TaskObserver:
    """Observes the tasks of every Celery app; `connect` and `disconnect` it."""

    def __init__(
        self,
        lower_logging: Callable[[], None],
        start: Callable[[], None],
        end_child: Callable[[], None],
    ) -> None:
        self._lower_logging = lower_logging
        self._start = start
        self._end_child = end_child
        self._begun_connecting = False
        self._child: int | None = None
        """The process that this is, where it is a child of a pool."""
        self._receivers = Receivers()
        self._instrumentor: Any = None

    def connect(self, celery: Any) -> None:
        """Observe tasks; called when the application imports Celery."""
        if self._begun_connecting:  # the package below imports what this may be called for
            return
        self._begun_connecting = True
        from celery import signals
        from opentelemetry.instrumentation.celery import CeleryInstrumentor

        self._receivers.on(signals.task_postrun, self._finished)
        self._instrumentor = CeleryInstrumentor()  # type: ignore[no-untyped-call]  # theirs is untyped
        self._instrumentor.instrument(meter_provider=NoOpMeterProvider(), skip_dep_check=True)
        self._receivers.on(signals.task_prerun, self._begun)
        self._receivers.on(signals.task_failure, self._failed)
        self._receivers.on(signals.task_revoked, self._revoked)
        self._receivers.on(signals.after_setup_logger, lambda **_: self._lower_logging())
        self._receivers.on(signals.worker_ready, lambda **_: self._start())
        self._receivers.on(signals.worker_process_init, self._in_child)
        self._receivers.on(signals.worker_process_shutdown, lambda **_: self._end_child())

    def disconnect(self) -> None:
        """Observe nothing any more."""
        self._receivers.disconnect()
        self._begun_connecting = False
        if self._instrumentor is not None:
            self._instrumentor.uninstrument()
            self._instrumentor = None

    def _begun(self, task: Any = None, **kwargs: Any) -> None:
        request = task.request
        request._labotel_former = actor.get()
        sent = announced(lambda name: getattr(request, name, None))
        if sent is not None:
            actor.set(sent)
        # A task that runs eagerly has no message: its caller's actor stays.
        trace.get_current_span().set_attributes(fields_of(acting()))
        wait = _waited(request, time.time())
        if wait is not None:
            queue = queue_of(task.app, request.delivery_info)
            tell(TaskBegun(queue_name=queue, wait=wait))
        request._labotel_repeated = repeats.begin()
        request._labotel_started = time.perf_counter_ns()

    def _in_child(self, **kwargs: Any) -> None:
        self._child = os.getpid()

    def _failed(self, sender: Any = None, exception: Any = None, **kwargs: Any) -> None:
        if type(exception).__name__ in ("SoftTimeLimitExceeded", "TimeLimitExceeded"):
            sender.request._labotel_timeout = True

    def _finished(self, task: Any = None, state: str | None = None, **kwargs: Any) -> None:
        started = getattr(task.request, "_labotel_started", None)
        error = sys.exception()
        if started is None or (error is not None and self._ends_child(error)):
            return
        repeats.end(task.request._labotel_repeated)
        timeout = getattr(task.request, "_labotel_timeout", False)
        timeout = timeout or (state is None and _is_timeout(error))
        status = TaskStatus.TIMEOUT if timeout else _STATES.get(state or "", TaskStatus.FAILURE)
        took = (time.perf_counter_ns() - started) / 1e9
        tell(TaskFinished(task_name=task.name, status=status, duration=took))
        actor.set(task.request._labotel_former)

    def _ends_child(self, error: BaseException) -> bool:
        """Tell whether this child of a pool ends in the midst of its task: by SIGTERM, or an exit.

        Then the worker's main process says what became of the task: it was revoked, or was lost.
        """
        return isinstance(error, (SystemExit, KeyboardInterrupt)) and self._child == os.getpid()

    def _revoked(self, sender: Any = None, **kwargs: Any) -> None:
        name = getattr(sender, "name", None) or "unknown"
        tell(TaskFinished(task_name=name, status=TaskStatus.REVOKED, duration=None))


def _waited(request: Any, now: float) -> float | None:
    """Return how long a message waited for a worker, in s; None where it does not say since when.

    One with an eta or a countdown could not begin before that. Another host's clock may be ahead.
    """
    published = getattr(request, PUBLISHED_HEADER, None)
    if not isinstance(published, (int, float)) or not 0 < published < 1e11:
        return None
    try:
        due = datetime.fromisoformat(request.eta).timestamp() if request.eta else 0.0
    except (TypeError, ValueError):
        due = 0.0
    return max(0.0, now - max(published, due))


def _is_timeout(error: BaseException | None) -> bool:
    """Tell whether a greenlet's run reached its hard time limit."""
    kind = type(error)
    return kind.__name__ == "Timeout" and kind.__module__.partition(".")[0] in _TIMEOUTS
