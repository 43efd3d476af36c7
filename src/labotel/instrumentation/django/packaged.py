"""OpenTelemetry's own request instrumentation, for those who choose it, its order traps solved.

It adds a middleware to the settings, so it must act when they are there and before the handler
loads them; labotel's metrics of requests stay as they are.
"""

from collections.abc import Callable
from typing import Any

from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracer

from labotel.instrumentation.choices import Values, nothing_chosen
from labotel.instrumentation.django.actor import Pseudonym
from labotel.instrumentation.django.requests import RequestObserver
from labotel.signals import carried


class PackagedRequests:
    """Spans by opentelemetry-instrumentation-django, events by labotel."""

    def __init__(
        self,
        fault: Callable[[str, BaseException], None],
        pseudonym: Pseudonym,
        settings: Values = nothing_chosen,
    ) -> None:
        self._events = RequestObserver(NoOpTracer(), fault, pseudonym, settings)
        self.forget = self._events.forget
        self._instrumentor: Any = None
        self._handler: Any = None
        self._original: Any = None

    def connect(self, base: Any) -> None:
        """Let the package add its middleware when a handler loads the settings' list."""
        self._handler = handler = base.BaseHandler
        self._original = original = handler.load_middleware

        def load_middleware(this: Any, *args: Any, **kwargs: Any) -> Any:
            if self._instrumentor is None:
                from opentelemetry.instrumentation.django import DjangoInstrumentor

                self._instrumentor = DjangoInstrumentor()
                self._instrumentor.instrument(
                    meter_provider=NoOpMeterProvider(),
                    response_hook=_say_actor,
                    skip_dep_check=True,
                )
            return original(this, *args, **kwargs)

        handler.load_middleware = load_middleware
        self._events.connect(base)

    def disconnect(self) -> None:
        """Take the middleware out and give the handler its own method back."""
        if self._handler is not None:
            self._handler.load_middleware = self._original
            self._handler = None
        if self._instrumentor is not None:
            self._instrumentor.uninstrument()
            self._instrumentor = None
        self._events.disconnect()


def _say_actor(span: Any, request: Any, response: Any) -> None:
    """Let the package's span say who the request was for."""
    span.set_attributes(carried.fields_of(carried.acting()))
