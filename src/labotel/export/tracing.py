"""The tracer provider that labotel sets: it builds the SDK's own at a process's first span.

OpenTelemetry's proxies resolve once and for ever, in whichever process asked first; these resolve
in each process, so that a forked child has a provider of its own.
"""

import weakref
from collections.abc import Callable
from typing import Any, cast

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace import Tracer as SdkTracer
from opentelemetry.trace import Span
from opentelemetry.util.types import Attributes

from labotel.export.spanguard import guarded
from labotel.signals.spans import Fault


class DelegatingTracer(trace.ProxyTracer):
    """A tracer that outlives a fork: the real one behind it belongs to the present process."""

    def __init__(self, provider: "DelegatingTracerProvider", *identity: Any) -> None:
        super().__init__(*identity)
        self._provider = provider
        self._identity = identity
        self._now: trace.Tracer | None = None

    @property
    def _tracer(self) -> trace.Tracer:
        return self._now or self.resolve()

    def resolve(self) -> trace.Tracer:
        """Return the present process's tracer, built where it is missing."""
        self._now = self._provider.real().get_tracer(*self._identity)
        return self._now

    def forget(self) -> None:
        """Drop the tracer of the parent process."""
        self._now = None

    def start_span(
        self,
        name: str,
        context: Context | None = None,
        kind: trace.SpanKind = trace.SpanKind.INTERNAL,
        attributes: Attributes = None,
        *args: Any,
        **kwargs: Any,
    ) -> Span:
        """Start a span with the present process's tracer; it never raises."""
        real = self._now or self.resolve()
        try:
            return guarded(
                real.start_span(name, context, kind, attributes, *args, **kwargs), self.fault
            )
        except Exception as error:  # of an attribute's value, of a sampler of the application's
            self.fault("span", error)
        try:
            span = guarded(real.start_span(name, context, kind), self.fault)
            for key, value in (attributes or {}).items():
                span.set_attribute(key, value)
        except Exception:  # what comes of this one's work belongs to the span around it
            return trace.NonRecordingSpan(trace.get_current_span(context).get_span_context())
        return span

    def start_as_current_span(self, *args: Any, **kwargs: Any) -> Any:
        """Start a span by this tracer, not by the one behind it, and make it the current one."""
        return SdkTracer.start_as_current_span(cast("SdkTracer", self), *args, **kwargs)

    def fault(self, where: str, error: BaseException) -> None:
        """Count what a span could not take."""
        self._provider.fault(where, error)


class DelegatingTracerProvider(trace.TracerProvider):
    """Forwards to the present process's SDK provider, whose other members are reached too."""

    def __init__(
        self,
        attributes: dict[str, Any],
        processor: Callable[[], SpanProcessor],
        fault: Fault,
    ) -> None:
        self.fault = fault
        """Counts what a span could not take."""
        self._attributes = attributes
        self._processor = processor
        self._added: list[SpanProcessor] = []
        self._tracers: weakref.WeakSet[DelegatingTracer] = weakref.WeakSet()
        self._now: TracerProvider | None = None
        self._aside: tuple[TracerProvider | None, int] | None = None

    def real(self) -> TracerProvider:
        """Return the present process's provider, built where it is missing."""
        made = self._now
        if made is None:
            # Sampler and span limits are read from the standard environment by the SDK itself.
            made = TracerProvider(resource=Resource(self._attributes), shutdown_on_exit=False)
            made.add_span_processor(self._processor())
            for processor in self._added:
                made.add_span_processor(processor)
            self._now = made
        return made

    def rebind(
        self,
        attributes: dict[str, Any],
        processor: Callable[[], SpanProcessor],
        fault: Fault,
    ) -> None:
        """Serve a new configuration: a global provider can be set once, `configure` more often."""
        self._attributes, self._processor, self._aside = attributes, processor, None
        self.fault = fault
        self.forget()

    def forget(self) -> None:
        """Drop the provider of the parent process."""
        if self._aside is None:
            self._now = None
        else:  # lent: what stands aside is the parent's
            self._aside = (None, len(self._added))
        self._forget_tracers()

    def _forget_tracers(self) -> None:
        for tracer in list(self._tracers):
            tracer.forget()

    def lend(self, provider: TracerProvider) -> None:
        """Let another provider stand behind this one until `take_back`: a test's."""
        if self._aside is None:
            self._aside = (self._now, len(self._added))
        self._now = provider
        self._forget_tracers()

    def take_back(self) -> None:
        """Have the provider again that stood here before `lend`, with what was added since."""
        if self._aside is None:
            return
        (self._now, known), self._aside = self._aside, None
        self._forget_tracers()
        if self._now is not None:
            for processor in self._added[known:]:
                self._now.add_span_processor(processor)

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> trace.Tracer:
        """Return a tracer; no provider is built for it yet."""
        tracer = DelegatingTracer(
            self, instrumenting_module_name, instrumenting_library_version, schema_url, attributes
        )
        self._tracers.add(tracer)
        return tracer

    def add_span_processor(self, span_processor: SpanProcessor) -> None:
        """Add a processor of the application's, in this process and in those that it forks."""
        self._added.append(span_processor)
        if self._now is not None:
            self._now.add_span_processor(span_processor)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Flush the application's own processors; `labotel.flush` flushes labotel."""
        return self._now is None or self._now.force_flush(timeout_millis)

    def shutdown(self) -> None:
        """Shut the application's own processors down; `labotel.shutdown` ends labotel."""
        if self._now is not None:
            self._now.shutdown()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real(), name)
