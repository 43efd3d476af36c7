"""Spans of a test: kept, with ids that it can foresee."""

from typing import Any

from opentelemetry import metrics, trace

import labotel
from labotel.testing import Telemetry, recording
from labotel.testing.spans import Kept
from project.clinic import Admitted, Operated, Species
from running import python

TRACER = trace.get_tracer("tests")


def test_ids_count_from_one_in_each_recording() -> None:
    """So that a test may expect them."""
    for _ in range(2):
        with recording() as telemetry:
            with TRACER.start_as_current_span("outer"), TRACER.start_as_current_span("inner"):
                pass
            with TRACER.start_as_current_span("next"):
                pass
        seen = [
            (s.name, s.context.trace_id, s.context.span_id) for s in telemetry.spans if s.context
        ]
        assert seen == [("inner", 1, 2), ("outer", 1, 1), ("next", 2, 3)]


def test_clear_lets_them_count_from_one_again(telemetry: Telemetry) -> None:
    """And forgets the spans."""
    with TRACER.start_as_current_span("one"):
        pass
    telemetry.clear()
    with TRACER.start_as_current_span("two"):
        pass
    (span,) = telemetry.spans
    assert span.context is not None
    assert (span.name, span.context.trace_id, span.context.span_id) == ("two", 1, 1)


def test_an_event_stands_on_its_span_with_a_pseudonym(telemetry: Telemetry) -> None:
    """What a span shows is what leaves in production."""
    with TRACER.start_as_current_span("admission"):
        labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=7))
    (event,) = telemetry.spans[0].events
    shown = dict(event.attributes or {})
    assert (event.name, shown["number"], shown["species"]) == ("clinic.admitted", 7, "canine")
    assert str(shown["owner"]).startswith("p-") and "ada" not in str(shown)


def test_timed_work_is_a_span_and_its_error_stands_on_it(telemetry: Telemetry) -> None:
    """As in production."""
    try:
        with labotel.timed(Operated, species=Species.CANINE):
            raise ValueError("no such thing")
    except ValueError:
        pass
    (span,) = telemetry.spans
    assert (span.name, span.status.is_ok) == ("clinic.operated", False)
    assert [e.name for e in span.events] == ["exception", "clinic.operated"]


def test_the_applications_own_instruments_can_be_used(telemetry: Telemetry) -> None:
    """They count for nobody in a test."""
    meter = metrics.get_meter("tests")
    meter.create_counter("tests_total").add(1)
    meter.create_histogram("tests_seconds").record(0.5)
    meter.create_observable_gauge("tests_now", [lambda _: []])


def test_kept_spans_are_bounded() -> None:
    """The newest are kept."""
    kept = Kept(3)
    for n in range(5):
        kept.finished.append(n)  # type: ignore[arg-type]
    assert list(kept.finished) == [2, 3, 4]


def test_spans_are_seen_whatever_the_environment_switches_off(environment: dict[str, str]) -> None:
    """Nothing leaves, so there is no reason to see nothing: in CI the SDK is often disabled."""
    script = """
import os
import labotel
from labotel.testing import recording
from project.clinic import Admitted, Species
from opentelemetry import trace
with recording() as telemetry, trace.get_tracer("t").start_as_current_span("s"):
    labotel.emit(Admitted(species=Species.CANINE, owner="a", number=1))
print(len(telemetry.spans), telemetry.history[0].trace_id, os.environ.get("OTEL_SDK_DISABLED"))
"""
    for switched in ({"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_SAMPLER": "always_off"}):
        out = python(script, environment | switched).split()
        assert out == ["1", "0" * 31 + "1", str(switched.get("OTEL_SDK_DISABLED"))]


def test_spans_of_a_provider_that_the_application_set_are_seen_too(
    environment: dict[str, str],
) -> None:
    """It is never replaced: it goes on exporting what it is given, and the test sees it."""
    out = python(
        """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
own, exporter = TracerProvider(shutdown_on_exit=False), InMemorySpanExporter()
own.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(own)
import labotel
from labotel.testing import recording
from project.clinic import Operated, Species
for _ in range(2):
    with recording() as telemetry, labotel.timed(Operated, species=Species.CANINE):
        pass
    print([s.name for s in telemetry.spans], trace.get_tracer_provider() is own)
print(len(exporter.get_finished_spans()))
""",
        environment,
    )
    assert out.splitlines() == ["['clinic.operated'] True"] * 2 + ["2"]


def test_a_recording_leaves_no_provider_behind(telemetry: Telemetry) -> None:
    """One serves them all: the SDK's hooks into a fork are for ever."""
    provider: Any = trace.get_tracer_provider()
    first = provider.real()
    with recording():
        assert provider.real() is first


def test_labotels_provider_stays_where_nobody_set_one(environment: dict[str, str]) -> None:
    """OpenTelemetry takes one for good; afterwards it has nowhere to send spans, and harms none."""
    out = python(
        """
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from labotel.testing import recording
with recording() as telemetry:
    trace.get_tracer("t").start_span("inside").end()
own = TracerProvider()
trace.set_tracer_provider(own)
print(trace.get_tracer_provider() is own)
trace.get_tracer("t").start_span("after").end()
with recording() as again:
    trace.get_tracer("t").start_span("again").end()
print([span.name for span in (*telemetry.spans, *again.spans)])
""",
        environment,
    )
    assert out.splitlines() == ["False", "['inside', 'again']"]
