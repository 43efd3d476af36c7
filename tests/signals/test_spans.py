"""Events on their spans, spans of `timed`, and the trace context of records and exemplars."""

from typing import Annotated, Any, Literal

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, StatusCode

from labotel.events import dispatch
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import MEASURED, Limited, Outcome, Personal
from labotel.events.timed import timed
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource, SpanEvent, add_event, failed, failure_of


class Traced(Event, name="t.spans.traced", instruments=(Counter("t_spans_total", by=("kind",)),)):
    """An event of the tests."""

    kind: Literal["a", "b"]
    person: Personal[str] = "v-17"
    size: Annotated[float | None, Histogram("t_spans_size", by=(), buckets=(1, 2))] = None


class Unseen(Event, name="t.spans.unseen", span=False, instruments=(Counter("t_unseen_total"),)):
    """An event that makes no span event."""


class Rendered(Event, name="t.spans.rendered"):
    """Timed work."""

    outcome: Outcome = MEASURED
    error_type: Annotated[str, Limited(5)] = MEASURED


@pytest.fixture
def connected(pipeline: Pipeline, provider: TracerProvider) -> Any:
    """The pipeline as the sink of `emit` and `timed`, with the SDK's tracer."""
    pipeline.tracer = provider.get_tracer("labotel")
    dispatch.connect(pipeline)
    yield pipeline
    dispatch.connect(None)


def test_an_event_stands_on_the_current_span_with_its_attributes(
    pipeline: Pipeline, provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    """Persons as pseudonyms, at the time of the emit."""
    with provider.get_tracer("t").start_as_current_span("request") as span:
        pipeline.emit(Traced(kind="a"))
    (ended,) = exporter.get_finished_spans()
    (event,) = ended.events
    assert event.name == "t.spans.traced"
    assert dict(event.attributes or {}) == {"kind": "a", "person": Pseudonyms(b"k").of("v-17")}
    assert ended.start_time <= event.timestamp <= ended.end_time  # type: ignore[operator]
    assert span.get_span_context().is_valid


def test_an_event_may_say_that_it_stands_on_no_span(
    pipeline: Pipeline, provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    """Its record and its exemplar have the span's context all the same."""
    with provider.get_tracer("t").start_as_current_span("request") as span:
        pipeline.emit(Unseen())
    assert exporter.get_finished_spans()[0].events == ()
    pipeline.drain()
    assert pipeline.logs[0][3] == span.get_span_context()


def test_the_attributes_are_made_where_the_span_is_exported(
    provider: TracerProvider, exporter: InMemorySpanExporter
) -> None:
    """Not by the emit: the key may come from settings that are not loaded yet."""
    made: list[bytes] = []

    def late() -> Pseudonyms:
        made.append(b"late")
        return Pseudonyms(b"late")

    pipeline = Pipeline(PseudonymSource(late))
    with provider.get_tracer("t").start_as_current_span("request"):
        pipeline.emit(Traced(kind="a"))
        pipeline.emit(Traced(kind="b"))
    assert made == []
    events = exporter.get_finished_spans()[0].events
    said = {(event.attributes or {})["person"] for event in events}
    assert said == {Pseudonyms(b"late").of("v-17")} and made == [b"late"]


def test_a_span_of_another_library_takes_the_event_by_the_public_call() -> None:
    """`_add_event` is private in the SDK 1.45: where it is missing the event arrives too."""
    taken: list[Any] = []

    class Public(NonRecordingSpan):
        def add_event(self, *args: Any, **more: Any) -> None:
            taken.append((args, more))

    source = PseudonymSource(lambda: Pseudonyms(b"k"))
    span = Public(None)  # type: ignore[arg-type]
    add_event(span, SpanEvent(Traced, ("a", None, None), 5, source))
    assert taken == [(("t.spans.traced", {"kind": "a"}), {"timestamp": 5})]


def test_the_record_has_the_context_of_its_span(
    pipeline: Pipeline, provider: TracerProvider
) -> None:
    """Each event that of its own span; outside of any it has none."""
    contexts = []
    for _ in range(2):
        with provider.get_tracer("t").start_as_current_span("request") as span:
            contexts.append(span.get_span_context())
            pipeline.emit(Traced(kind="a"))
    pipeline.emit(Traced(kind="a"))
    pipeline.drain()
    assert [item[3] for item in pipeline.logs] == [*contexts, None]


@pytest.mark.parametrize(
    ("setting", "sampled_kept", "unsampled_kept"),
    [(False, True, False), (True, True, True), (None, False, False)],
    ids=["trace_based", "always_on", "always_off"],
)
def test_exemplars_lead_to_the_span_by_the_filter(
    pipeline: Pipeline, provider: TracerProvider, unsampled: TracerProvider,
    setting: bool | None, sampled_kept: bool, unsampled_kept: bool,
) -> None:  # fmt: skip
    """OTEL_METRICS_EXEMPLAR_FILTER: of sampled spans by default, of all, of none."""
    pipeline.always_exemplars = setting
    kept = {}
    for kind, size, source in (("a", 0.5, provider), ("b", 1.5, unsampled)):
        with source.get_tracer("t").start_as_current_span("request") as span:
            kept[kind] = span.get_span_context()
            pipeline.emit(Traced(kind=kind, size=size))  # type: ignore[arg-type]
    pipeline.drain()
    cells = pipeline.meter.metrics["t_spans_total"].cells
    buckets = pipeline.meter.metrics["t_spans_size"].cells[()].exemplars
    expected = [("a", 0, 0.5, sampled_kept), ("b", 1, 1.5, unsampled_kept)]
    for kind, bucket, size, keep in expected:
        exemplar = cells[(kind,)].exemplar
        assert (exemplar is not None and exemplar[2] == kept[kind]) is keep
        assert (bucket in buckets) is keep
        if keep:
            assert buckets[bucket][0] == size and buckets[bucket][2] == kept[kind]


def test_an_event_outside_of_any_span_has_no_exemplar(pipeline: Pipeline) -> None:
    """Also where all are kept."""
    pipeline.always_exemplars = True
    pipeline.emit(Traced(kind="a", size=1))
    pipeline.drain()
    assert pipeline.meter.metrics["t_spans_total"].cells[("a",)].exemplar is None


def test_timed_work_is_a_span_with_its_event_on_it(
    connected: Pipeline, exporter: InMemorySpanExporter
) -> None:
    """The record has the context of that span, which is a child of the current one."""
    with connected.tracer.start_as_current_span("request") as parent, timed(Rendered):
        pass
    span, _ = exporter.get_finished_spans()
    assert span.name == "t.spans.rendered" and span.status.status_code is StatusCode.UNSET
    assert span.parent == parent.get_span_context()
    assert [event.name for event in span.events] == ["t.spans.rendered"]
    connected.drain()
    assert connected.logs[0][3] == span.context


def test_failed_work_says_its_error_on_the_span_and_on_the_record(
    connected: Pipeline, exporter: InMemorySpanExporter
) -> None:
    """Its type and its scrubbed text; once, although the exception goes on."""
    with pytest.raises(ValueError, match="no mail"), timed(Rendered):
        raise ValueError("no mail to canary@example.com")
    (span,) = exporter.get_finished_spans()
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "ValueError"
    names = [event.name for event in span.events]
    assert sorted(names) == ["exception", "t.spans.rendered"]
    said = dict(span.events[names.index("exception")].attributes or {})
    assert said["exception.type"] == "ValueError"
    assert said["exception.message"] == "no mail to [email]"
    assert "canary" not in span.to_json()
    connected.drain()
    failure = connected.logs[0][4]
    assert failure is not None and failure.type == "ValueError"


def test_an_exception_that_cannot_be_printed_says_so(provider: TracerProvider) -> None:
    """Nothing of it raises."""

    class Mute(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    failure = failure_of(Mute())
    assert failure.type.endswith("Mute") and failure.message == "<Mute that cannot be printed>"
    with provider.get_tracer("t").start_as_current_span("x") as span:
        failed(span, failure)
