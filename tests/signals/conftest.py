"""A pipeline with a key of its own, and spans of the SDK that are kept in memory."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource


@pytest.fixture
def pipeline() -> Pipeline:
    """A pipeline that starts no thread; what it takes in waits for `drain`."""
    return Pipeline(PseudonymSource(lambda: Pseudonyms(b"k")))


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Keeps the ended spans."""
    return InMemorySpanExporter()


@pytest.fixture
def provider(exporter: InMemorySpanExporter) -> Iterator[TracerProvider]:
    """The SDK's provider; it samples everything and is not the global one."""
    made = TracerProvider(shutdown_on_exit=False)
    made.add_span_processor(SimpleSpanProcessor(exporter))
    yield made
    made.shutdown()


@pytest.fixture
def unsampled() -> Iterator[TracerProvider]:
    """The SDK's provider, sampling nothing."""
    made = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    yield made
    made.shutdown()
