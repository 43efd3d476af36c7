"""The tracer provider that labotel sets: one for each process, built at its first span."""

import asyncio
import inspect
from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import ProxyTracer, SpanKind, StatusCode

from labotel.export.tracing import DelegatingTracerProvider


class Made:
    """A provider, with a memory of spans for each process that it built one in."""

    def __init__(self) -> None:
        self.memories: list[InMemorySpanExporter] = []
        self.provider = DelegatingTracerProvider(
            {"service.name": "lab"}, self._processor, lambda where, error: None
        )

    def _processor(self) -> SimpleSpanProcessor:
        self.memories.append(InMemorySpanExporter())
        return SimpleSpanProcessor(self.memories[-1])

    @property
    def names(self) -> list[list[str]]:
        """The names of the spans that ended, for each process."""
        return [[span.name for span in memory.get_finished_spans()] for memory in self.memories]


@pytest.fixture
def made() -> Made:
    """A provider that is not the global one."""
    return Made()


def test_nothing_is_built_before_the_first_span(made: Made) -> None:
    """Tracers may be got at import, in a process that never has a span."""
    tracer = made.provider.get_tracer("app")
    assert made.memories == []
    tracer.start_span("first").end()
    tracer.start_span("second").end()
    made.provider.get_tracer("other").start_span("third").end()
    assert made.names == [["first", "second", "third"]]


def test_a_span_has_its_resource_scope_and_arguments(made: Made) -> None:
    """All that an instrumentation says reaches the SDK."""
    tracer = made.provider.get_tracer("app", "1.2", "https://schema", {"team": "lab"})
    tracer.start_span("s", kind=SpanKind.CLIENT, attributes={"n": 1}, start_time=5).end(9)
    (span,) = made.memories[0].get_finished_spans()
    assert span.resource.attributes["service.name"] == "lab"
    scope = span.instrumentation_scope
    assert scope is not None
    assert (scope.name, scope.version, scope.schema_url) == ("app", "1.2", "https://schema")
    assert dict(scope.attributes or {}) == {"team": "lab"}
    assert (span.kind, dict(span.attributes or {})) == (SpanKind.CLIENT, {"n": 1})
    assert (span.start_time, span.end_time) == (5, 9)


def test_a_tracer_outlives_a_fork(made: Made) -> None:
    """After `forget`, as in a forked child, it makes spans of a provider of the child's own."""
    tracer = made.provider.get_tracer("app")
    idle = made.provider.get_tracer("idle")
    tracer.start_span("parent").end()
    made.provider.forget()
    assert len(made.memories) == 1
    tracer.start_span("child").end()
    idle.start_span("child too").end()
    assert made.names == [["parent"], ["child", "child too"]]


def test_the_applications_processors_see_the_spans(made: Made) -> None:
    """Added before the first span or after it; in each process."""
    early, late = InMemorySpanExporter(), InMemorySpanExporter()
    made.provider.add_span_processor(SimpleSpanProcessor(early))
    tracer = made.provider.get_tracer("app")
    tracer.start_span("one").end()
    made.provider.add_span_processor(SimpleSpanProcessor(late))
    tracer.start_span("two").end()
    made.provider.forget()
    tracer.start_span("three").end()
    assert [span.name for span in early.get_finished_spans()] == ["one", "two", "three"]
    assert [span.name for span in late.get_finished_spans()] == ["two", "three"]


def work(tracer: ProxyTracer) -> tuple[Callable[[int], int], Callable[[int], object]]:
    """Return a decorated function and a decorated coroutine function."""

    @tracer.start_as_current_span("sync")
    def double(n: int) -> int:
        return 2 * n

    @tracer.start_as_current_span("async")
    async def later(n: int) -> int:
        await asyncio.sleep(0)
        return 2 * n

    return double, later


def test_its_tracers_decorate_functions(made: Made) -> None:
    """Each call is a span; a coroutine's lasts until it is done; both stay what they are."""
    tracer = made.provider.get_tracer("app")
    assert isinstance(tracer, ProxyTracer)
    double, later = work(tracer)
    assert made.memories == []  # decorated, not called
    assert [double(1), double(2)] == [2, 4]
    assert inspect.iscoroutinefunction(later)
    assert asyncio.run(later(3)) == 6
    assert made.names == [["sync", "sync", "async"]]
    made.provider.forget()
    assert double(4) == 8
    assert made.names[1] == ["sync"]


def test_an_exception_in_a_decorated_function(made: Made) -> None:
    """It goes on to the caller, and the span says so."""

    @made.provider.get_tracer("app").start_as_current_span("fails")
    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail()
    (span,) = made.memories[0].get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert [event.name for event in span.events] == ["exception"]


def test_children_are_below_their_parents(made: Made) -> None:
    """Through several tracers, as several instrumentations have."""
    outer, inner = made.provider.get_tracer("outer"), made.provider.get_tracer("inner")
    with outer.start_as_current_span("parent") as parent, inner.start_as_current_span("child"):
        pass
    child = made.memories[0].get_finished_spans()[0]
    assert child.parent is not None
    assert child.parent.span_id == parent.get_span_context().span_id


def test_the_other_members_of_the_sdk_are_reached(made: Made) -> None:
    """What an application asks of the SDK's provider, it gets."""
    assert made.provider.resource.attributes["service.name"] == "lab"
    assert made.provider.sampler.get_description()
    with pytest.raises(AttributeError):
        _ = made.provider.no_such_member


def test_flush_and_shutdown_reach_the_applications_processors(made: Made) -> None:
    """And do nothing where no span was: no provider is built to be shut down."""
    assert made.provider.force_flush()
    made.provider.shutdown()
    assert made.memories == []
    own = InMemorySpanExporter()
    made.provider.add_span_processor(SimpleSpanProcessor(own))
    made.provider.get_tracer("app").start_span("s").end()
    assert made.provider.force_flush(1000)
    made.provider.shutdown()
    assert own._stopped


def test_a_provider_that_was_lent_comes_back_as_it_was(made: Made) -> None:
    """Meanwhile the same tracers make spans for somebody else; what was added then is kept."""
    tracer = made.provider.get_tracer("app")
    tracer.start_span("before").end()
    other, added = Made(), InMemorySpanExporter()
    for _ in range(2):  # to lend again is to lend to another
        made.provider.lend(other.provider.real())
    tracer.start_span("lent").end()
    made.provider.add_span_processor(SimpleSpanProcessor(added))
    made.provider.take_back()
    tracer.start_span("after").end()
    assert made.names == [["before", "after"]] and other.names == [["lent"]]
    assert [span.name for span in added.get_finished_spans()] == ["after"]


def test_a_child_of_a_lent_provider_begins_anew_when_it_comes_back(made: Made) -> None:
    """What stood aside is the parent's; who was lent to stays until then."""
    tracer = made.provider.get_tracer("app")
    tracer.start_span("parent").end()
    other = Made()
    made.provider.lend(other.provider.real())
    made.provider.forget()
    tracer.start_span("lent").end()
    made.provider.take_back()
    made.provider.take_back()
    tracer.start_span("child").end()
    assert made.names == [["parent"], ["child"]] and other.names == [["lent"]]


def test_a_new_configuration_ends_a_loan(made: Made) -> None:
    """The provider serves whoever configured last."""
    other = Made()
    made.provider.lend(other.provider.real())
    made.provider.rebind({}, made._processor, lambda where, error: None)
    made.provider.get_tracer("app").start_span("mine").end()
    assert made.names == [["mine"]] and other.names == [[]]
