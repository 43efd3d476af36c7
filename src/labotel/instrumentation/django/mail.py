"""A span and events for each call of a mail backend of Django's, whichever class it is.

All ways to send end in `send_messages` of a class below `BaseEmailBackend`. Nothing is said of a
message, nor of what a server answers: both name people.
"""

import time
from collections.abc import Callable, Sized
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from labotel.catalogs.mail import MailCalled, MailFailed, MailHandedOver
from labotel.events.dispatch import tell
from labotel.instrumentation.heirs import Heirs

_inside: Final[ContextVar[bool]] = ContextVar("labotel_mail", default=False)
"""Whether a backend is under way: one that hands on to another is one call, of its own."""


class MailObserver:
    """Wraps the backends' `send_messages`; `connect` and `disconnect` it."""

    def __init__(self, tracer: Tracer, fault: Callable[[str, BaseException], None]) -> None:
        self._tracer = tracer
        self._fault = fault
        self._heirs = Heirs(["send_messages"], self._around, fault)
        self._connected = False

    def connect(self, base: Any) -> None:
        """Observe the heirs of `django.core.mail.backends.base`'s class."""
        self._heirs.connect(base.BaseEmailBackend)
        self._connected = True

    def disconnect(self) -> None:
        """Give the backends their own methods back."""
        self._connected = False
        self._heirs.disconnect()

    def _around(self, original: Any) -> Any:
        @wraps(original)
        def send_messages(this: Any, *args: Any, **kwargs: Any) -> Any:
            given = args[0] if args else kwargs.get("email_messages")
            begun = None
            if self._connected and not _inside.get():
                begun = self._begin(this, given)
            if begun is None:
                return original(this, *args, **kwargs)
            span, backend, count = begun
            token, started = _inside.set(True), time.perf_counter_ns()
            result, error = None, None
            try:
                with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                    result = original(this, *args, **kwargs)
                return result
            except BaseException as raised:
                error = raised
                raise
            finally:
                took = (time.perf_counter_ns() - started) / 1e9
                _inside.reset(token)
                self._end(span, backend, took, outcome(count, result, error), error)
                error = None  # it knows this frame, and would keep all frames alive with it

        return send_messages

    def _begin(self, backend: Any, given: Any) -> tuple[Span, str, int | None] | None:
        """Begin a span; None where there is nothing to send."""
        try:
            count = len(given) if isinstance(given, Sized) else None  # an iterator is read once
            if given is None or count == 0:
                return None
            name = type(backend).__module__.rpartition(".")[2]
            fields: dict[str, Any] = {"mail.backend": name}
            if count is not None:
                fields["mail.messages"] = count
            return (
                self._tracer.start_span("send mail", kind=SpanKind.CLIENT, attributes=fields),
                name,
                count,
            )
        except Exception as error:
            self._fault("mail_begin", error)
            return None

    def _end(
        self,
        span: Span,
        backend: str,
        took: float,
        ended: tuple[int, int],
        error: BaseException | None,
    ) -> None:
        try:
            sent, lost = ended
            kind = None if error is None else type(error).__qualname__
            tell(MailCalled(backend=backend, duration=took))
            if sent:
                tell(MailHandedOver(backend=backend, outcome="sent", messages=sent))
            if lost:
                tell(MailHandedOver(backend=backend, outcome="failed", messages=lost))
                span.set_status(Status(StatusCode.ERROR, kind or f"{lost} not sent"))
                if kind is not None:
                    span.set_attribute("error.type", kind)
                with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                    tell(MailFailed(backend=backend, messages=lost, error=kind))
            span.set_attribute("mail.sent", sent)
        except Exception as fault:
            self._fault("mail_end", fault)
        finally:
            span.end()


def outcome(count: int | None, result: Any, error: BaseException | None) -> tuple[int, int]:
    """Return how many messages were sent, and how many not, of so many (None: nobody knows).

    A backend gives the number that it sent. One that gives nothing and raises nothing sent all;
    one that raises says nothing of those before, so all count as not sent.
    """
    if error is not None:
        return 0, 1 if count is None else count
    if type(result) is int:
        sent = max(0, result if count is None else min(result, count))
        return sent, 0 if count is None else count - sent
    return (0, count or 0) if result is False else (count or 0, 0)
