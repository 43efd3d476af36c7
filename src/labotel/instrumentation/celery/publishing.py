"""What a task's message takes along besides the trace, and the end of a publish that fails.

The span of a publish comes from opentelemetry-instrumentation-celery, which ends it where Celery
says that the message is sent. Where it is not (no broker), that span would stay the current one of
its thread: everything that a beat or a worker says later would stand in it, for ever.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import attach, detach, get_current

from labotel.instrumentation.celery.receivers import Receivers
from labotel.instrumentation.messages import announce
from labotel.instrumentation.wrapping import Wrapping
from labotel.signals.spans import failed, failure_of

Message = tuple[str, dict[str, Any]]

PUBLISHED_HEADER: Final = "labotel-published"
"""When a message was published, in seconds since 1970."""
_announced: ContextVar[Message | None] = ContextVar("labotel_publish", default=None)
"""The task's name and the headers of the message that is being sent."""


class PublishObserver:
    """Observes what every Celery app publishes; `connect` and `disconnect` it."""

    def __init__(self) -> None:
        self._receivers = Receivers()
        self._wrapping = Wrapping("Celery", "send_task", _whole)

    def connect(self, base: Any) -> None:
        """Observe the apps of `celery.app.base`."""
        from celery import signals

        if not self._receivers:
            self._receivers.on(signals.before_task_publish, _announce)
        self._wrapping.connect(base)

    def disconnect(self) -> None:
        """Observe nothing any more."""
        self._receivers.disconnect()
        self._wrapping.disconnect()


def _announce(sender: Any = None, headers: Any = None, **kwargs: Any) -> None:
    """Put the time into a message, and who it is for; whom it names from elsewhere goes out."""
    if not headers:  # a message of protocol 1 has none
        return
    _announced.set((sender, headers))
    headers[PUBLISHED_HEADER] = time.time()
    announce(headers)


def _whole(original: Callable[..., Any]) -> Callable[..., Any]:
    def send_task(app: Any, *args: Any, **kwargs: Any) -> Any:
        before = get_current()
        former = _announced.get()
        _announced.set(None)
        token = attach(before)
        try:
            return original(app, *args, **kwargs)
        except Exception as error:
            if get_current() is not before:
                _end_span(error)
            raise
        finally:
            detach(token)
            _announced.set(former)

    return send_task


def _end_span(error: Exception) -> None:
    """End the span of a publish as the package would have: there is no public way to."""
    from opentelemetry.instrumentation.celery import CeleryInstrumentor

    failed(trace.get_current_span(), failure_of(error))
    message = _announced.get()
    if message is not None:
        ended: Any = CeleryInstrumentor._trace_after_publish  # theirs is untyped
        ended(sender=message[0], headers=message[1])
