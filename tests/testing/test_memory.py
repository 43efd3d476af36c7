"""A configuration in memory: judged and connected as ever."""

import gc
import json
import logging

import pytest

from labotel.events import dispatch
from labotel.events.errors import ConfigurationError
from labotel.export.settings import resolve
from labotel.testing.memory import InMemory, pseudonyms
from project.clinic import catalog
from running import python


def test_wrong_settings_raise_all_at_once() -> None:
    """With the nearest name, as in production under strict."""
    with pytest.raises(ConfigurationError) as caught:
        InMemory({"service_nam": "x", "metric_interval": -1}, ())
    assert "did you mean 'service_name'?" in str(caught.value)
    assert "metric_interval=-1: allowed: a number above 0" in str(caught.value)


def test_wrong_catalogues_raise() -> None:
    """A list of events is no list of catalogues."""
    with pytest.raises(ConfigurationError, match="catalogs holds"):
        InMemory({}, [*catalog.events])  # type: ignore[list-item]
    with pytest.raises(ConfigurationError, match="allowed: a list of Catalog"):
        InMemory({}, catalog)  # type: ignore[arg-type]


def test_it_is_strict_unless_the_application_says_otherwise() -> None:
    """Whether pytest is there or not."""
    assert InMemory({}, ()).strict
    assert InMemory({"strict": True}, ()).strict
    assert not InMemory({"strict": False}, ()).strict


def test_it_connects_and_disconnects_as_often_as_wanted() -> None:
    """And leaves the standard logging as it was, each time."""
    original, level = logging.Logger.callHandlers, logging.root.level
    made = InMemory({"instrument": ["logging"]}, [catalog])
    for _ in range(3):
        made.connect()
        assert dispatch.sink is made.pipeline
        assert logging.Logger.callHandlers is not original
        made.disconnect()
        assert dispatch.sink is None
        assert logging.Logger.callHandlers is original and logging.root.level == level


def test_connecting_again_leaves_nothing_behind() -> None:
    """A suite of ten thousand tests connects it ten thousand times."""
    made = InMemory({}, [catalog])
    made.connect()
    made.disconnect()
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(50):
        made.connect()
        made.disconnect()
    gc.collect()
    assert len(gc.get_objects()) - before < 50


def test_pseudonyms_are_by_the_applications_key_else_the_same_in_each_run() -> None:
    """No file is read or made for them."""
    keyed, _ = resolve({"pseudonym_key": "secret"}, {}, {})
    bare, _ = resolve({}, {}, {})
    assert pseudonyms(keyed).of("ada") != pseudonyms(bare).of("ada")
    assert pseudonyms(bare).of("ada") == pseudonyms(bare).of("ada")


def test_providers_that_are_handed_over_are_set_aside(environment: dict[str, str]) -> None:
    """They may export: declared metrics stay in memory, and no span reaches them."""
    out = python(
        """
import json
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
import labotel
from labotel.testing import recording
from project.clinic import Operated, Species, catalog
exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
tracers, meters = TracerProvider(shutdown_on_exit=False), MeterProvider([reader])
tracers.add_span_processor(SimpleSpanProcessor(exporter))
with recording() as telemetry:
    labotel.configure(catalogs=[catalog], tracer_provider=tracers, meter_provider=meters)
    with labotel.timed(Operated, species=Species.CANINE):
        pass
print(json.dumps([
    telemetry.metric("operation_duration_seconds"), len(telemetry.spans),
    len(exporter.get_finished_spans()), reader.get_metrics_data() is None,
]))
""",
        environment,
    )
    assert json.loads(out) == [1, 1, 0, True]
