"""An application's own instruments as part of labotel's own export."""

from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.proto.metrics.v1.metrics_pb2 import ResourceMetrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from labotel.export.others import scopes


def test_nothing_is_nothing() -> None:
    """An application without instruments of its own adds no byte."""
    assert scopes(None) == b""


def test_each_scope_is_what_opentelemetry_makes_of_it() -> None:
    """As ScopeMetrics fields, so that the resource around them is this process's own."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    for name in ("one", "two"):
        meter = provider.get_meter(name, "1.0", "https://schema")
        meter.create_counter("c_total", "s", "Counted.").add(3, {"size": "small"})
        meter.create_histogram("h").record(0.5)
    data = reader.get_metrics_data()
    provider.shutdown()
    assert data is not None
    expected = encode_metrics(data).resource_metrics[0]
    found = ResourceMetrics.FromString(scopes(data))
    assert list(found.scope_metrics) == list(expected.scope_metrics)
    assert len(found.scope_metrics) == 2
    assert not found.HasField("resource")
