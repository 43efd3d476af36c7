"""An application's own instruments as part of labotel's own export."""

from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.proto.metrics.v1.metrics_pb2 import ResourceMetrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from labotel.export.others import scopes


def test_nothing_is_nothing() -> None:
    """An application without instruments of its own adds no byte."""
    assert scopes(None, lambda: None) == b""


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
    found = ResourceMetrics.FromString(scopes(data, lambda: None))
    assert list(found.scope_metrics) == list(expected.scope_metrics)
    assert len(found.scope_metrics) == 2
    assert not found.HasField("resource")


def test_a_point_that_cannot_be_encoded_costs_no_other() -> None:
    """A sum past 64 bits has no kind in OTLP; it is counted, and the rest arrives."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    counter = provider.get_meter("one").create_counter("c_total")
    counter.add(2**64, {"size": "large"})
    counter.add(3, {"size": "small"})
    provider.get_meter("two").create_counter("d_total").add(1)
    data = reader.get_metrics_data()
    provider.shutdown()
    dropped: list[int] = []
    found = ResourceMetrics.FromString(scopes(data, lambda: dropped.append(1)))
    made = [m for scope in found.scope_metrics for m in scope.metrics]
    assert {m.name: [p.as_int for p in m.sum.data_points] for m in made} == {
        "c_total": [3],
        "d_total": [1],
    }
    assert dropped == [1]


def test_a_scope_says_no_person_and_keeps_what_is_no_text() -> None:
    """Its attributes by their names and by patterns; a number is a number."""
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    said = {"shard": 3, "note": "for ada@example.org", "password": "canary", "on": True}
    provider.get_meter("of ada@example.org", attributes=said).create_counter("c").add(1)
    data = reader.get_metrics_data()
    provider.shutdown()
    (made,) = ResourceMetrics.FromString(scopes(data, lambda: None)).scope_metrics
    kept = {pair.key: pair.value for pair in made.scope.attributes}
    assert made.scope.name == "of [email]"
    assert (kept["shard"].int_value, kept["on"].bool_value) == (3, True)
    assert (kept["note"].string_value, kept["password"].string_value) == ("for [email]", "[secret]")
