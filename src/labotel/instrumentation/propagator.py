"""The global propagator with a guard around it: it keeps back what may not go where a span leads.

The propagator that `OTEL_PROPAGATORS` or the application chose stands inside, so trace context goes
as it always did.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from opentelemetry import baggage, trace
from opentelemetry.context import Context
from opentelemetry.propagators import textmap
from opentelemetry.trace import SpanKind

from labotel.instrumentation.baggage import Hosts, allowed, host_of, take_out

_OWN_TASKS: Final = "opentelemetry.instrumentation.celery"
"""The scope of spans that send a message to the deployment's own workers."""
_HOSTS: Final = ("server.address", "net.peer.name")
_URLS: Final = ("url.full", "http.url")


class GuardedPropagator(textmap.TextMapPropagator):
    """A propagator that lets baggage go to allowed hosts and to the deployment's tasks alone."""

    def __init__(self, inner: textmap.TextMapPropagator, hosts: Hosts) -> None:
        self.inner = inner
        self._hosts = hosts

    def extract(
        self,
        carrier: Any,
        context: Context | None = None,
        getter: textmap.Getter[Any] = textmap.default_getter,
    ) -> Context:
        """Take what has come in, as the inner propagator does."""
        return self.inner.extract(carrier, context, getter)

    def inject(
        self,
        carrier: Any,
        context: Context | None = None,
        setter: textmap.Setter[Any] = textmap.default_setter,
    ) -> None:
        """Let go out what may; a header that a redirect brought along is taken out again."""
        if not self._may_go(trace.get_current_span(context)):
            if baggage.get_all(context):
                context = baggage.clear(context)
            take_out(carrier)
        self.inner.inject(carrier, context, setter)

    @property
    def fields(self) -> set[str]:
        """The headers that the inner propagator sets."""
        return self.inner.fields

    def _may_go(self, span: Any) -> bool:
        """Tell whether baggage may go where a span leads: not where nobody knows where."""
        kind = getattr(span, "kind", None)  # a span that is not sampled says nothing at all
        if kind is SpanKind.PRODUCER and span.instrumentation_scope.name == _OWN_TASKS:
            return True
        if kind is not SpanKind.CLIENT and kind is not SpanKind.PRODUCER:
            return False
        named = list(_named(span.attributes or {}))
        hosts = tuple(self._hosts())
        return bool(named) and all(allowed(host, hosts) for host in named)


def _named(attributes: Mapping[str, Any]) -> Iterator[str]:
    """Give every host that a span says it calls; "" for a URL without one."""
    for key in _HOSTS:
        if attributes.get(key):
            yield str(attributes[key])
    for key in _URLS:
        if attributes.get(key):
            yield host_of(str(attributes[key])) or ""
