"""The meter provider that labotel sets: an application's own instruments, in each process."""

import gc
import threading
import weakref
from collections.abc import Iterable
from typing import Any

import pytest
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    InMemoryMetricReader,
    MetricsData,
)

from labotel.export import metering
from labotel.export.metering import DelegatingMeterProvider


def make(temporality: str = "cumulative") -> DelegatingMeterProvider:
    """Return a provider that is not the global one."""
    return DelegatingMeterProvider(
        {"service.name": "lab"}, temporality, lambda: None, lambda where, error: None
    )


def points(data: MetricsData | None) -> dict[str, Any]:
    """Return the first point of each metric."""
    assert data is not None
    return {
        metric.name: metric.data.data_points[0]
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def values(data: MetricsData | None) -> dict[str, Any]:
    """Return the value of each metric, or its count and sum."""
    return {
        name: point.value if hasattr(point, "value") else (point.count, point.sum)
        for name, point in points(data).items()
    }


def seven(options: CallbackOptions) -> Iterable[Observation]:
    """Observe 7."""
    yield Observation(7)


def test_nothing_is_built_before_an_instrument_is_used() -> None:
    """Instruments may be made at import, in a process that never uses one."""
    provider = make()
    counter = provider.get_meter("app").create_counter("c_total")
    assert provider.take() is None
    counter.add(1)
    assert values(provider.take()) == {"c_total": 1}


def test_the_first_use_is_told() -> None:
    """In each process, so that its export starts; making instruments is no use of them."""
    told: list[int] = []
    provider = DelegatingMeterProvider(
        {}, "cumulative", lambda: told.append(1), lambda where, error: None
    )
    counter = provider.get_meter("app").create_counter("c_total")
    assert told == []
    counter.add(1)
    assert told
    provider.forget()
    told.clear()
    counter.add(1)
    assert told


def test_every_kind_of_instrument() -> None:
    """Each says its value with its attributes, and totals grow."""
    provider = make()
    meter = provider.get_meter("app", "1.0")
    meter.create_observable_counter("oc_total", [seven])
    meter.create_observable_up_down_counter("ou", callbacks=[seven])
    meter.create_observable_gauge("og", callbacks=[seven], unit="By", description="Bytes.")
    counter, falling = meter.create_counter("c_total"), meter.create_up_down_counter("u")
    histogram, gauge = meter.create_histogram("h_seconds", "s"), meter.create_gauge("g")
    for _ in range(2):
        counter.add(2, {"size": "small"})
        falling.add(-1)
        histogram.record(0.5, {"size": "small"})
        gauge.set(3)
    data = provider.take()
    assert values(data) == {
        "oc_total": 7, "ou": 7, "og": 7, "c_total": 4, "u": -2, "h_seconds": (2, 1.0), "g": 3,
    }  # fmt: skip
    assert points(data)["c_total"].attributes == {"size": "small"}
    counter.add(1, {"size": "small"})
    assert values(provider.take())["c_total"] == 5


def test_a_forked_child_starts_with_nothing() -> None:
    """After `forget` the same instruments count from 0, and the observable ones observe."""
    provider = make()
    meter = provider.get_meter("app")
    counter = meter.create_counter("c_total")
    meter.create_observable_gauge("og", callbacks=[seven])
    counter.add(5)
    assert values(provider.take()) == {"c_total": 5, "og": 7}
    provider.forget()
    assert values(provider.take()) == {"og": 7}
    counter.add(1)
    assert values(provider.take()) == {"c_total": 1, "og": 7}


def test_an_observable_instrument_is_kept_for_its_application() -> None:
    """Nobody keeps what its callback alone uses; the SDK's own provider does not ask for it."""
    provider = make()

    def set_up() -> None:
        provider.get_meter("app").create_observable_gauge("og", callbacks=[seven])

    set_up()
    gc.collect()
    assert values(provider.take()) == {"og": 7}
    provider.forget()
    gc.collect()
    assert values(provider.take()) == {"og": 7}


def test_an_observable_instrument_that_comes_later() -> None:
    """When the process's provider is there already."""
    provider = make()
    meter = provider.get_meter("app")
    meter.create_counter("c_total").add(1)
    meter.create_observable_gauge("og", callbacks=[seven])
    assert values(provider.take()) == {"c_total": 1, "og": 7}


def test_making_an_instrument_again_and_again() -> None:
    """In each request, say: it is one instrument, and no memory grows with the requests."""
    provider = make()
    meter = provider.get_meter("app")
    dropped = []
    for _ in range(3):
        counter = meter.create_counter("c_total")
        counter.add(1)
        dropped.append(weakref.ref(counter))
    del counter
    gc.collect()
    assert values(provider.take()) == {"c_total": 3}
    assert [one() for one in dropped] == [None, None, None]


def test_two_threads_that_use_the_first_instrument_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One provider is built: what a second one counted would never be collected."""
    together = threading.Barrier(2)

    class Slow(metering.Collector):
        def __init__(self, temporality: str) -> None:
            super().__init__(temporality)
            try:
                together.wait(0.3)  # both threads are in the midst of building, if they can be
            except threading.BrokenBarrierError:
                pass

    monkeypatch.setattr(metering, "Collector", Slow)
    provider = make()
    meter = provider.get_meter("app")
    counters = [meter.create_counter(f"c{i}_total") for i in range(2)]
    threads = [threading.Thread(target=counter.add, args=(1,)) for counter in counters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert values(provider.take()) == {"c0_total": 1, "c1_total": 1}


@pytest.mark.parametrize(
    ("temporality", "deltas"),
    [
        ("cumulative", set()),
        ("delta", {"c_total", "h", "oc_total"}),
        ("lowmemory", {"c_total", "h"}),
    ],
)
def test_temporality(temporality: str, deltas: set[str]) -> None:
    """As OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE is specified."""
    provider = make(temporality)
    meter = provider.get_meter("app")
    meter.create_observable_counter("oc_total", [seven])
    meter.create_counter("c_total").add(1)
    meter.create_up_down_counter("u").add(1)
    meter.create_histogram("h").record(1)
    data = provider.take()
    assert data is not None
    found = {
        metric.name
        for metric in data.resource_metrics[0].scope_metrics[0].metrics
        if metric.data.aggregation_temporality == AggregationTemporality.DELTA
    }
    assert found == deltas


@pytest.mark.parametrize("early", [True, False])
def test_the_applications_own_reader(early: bool) -> None:
    """It reads the application's instruments, whether it was added before or after their use."""
    provider = make()
    reader = InMemoryMetricReader()
    counter = provider.get_meter("app").create_counter("c_total")
    if early:
        provider.add_metric_reader(reader)
    counter.add(2)
    if not early:
        provider.add_metric_reader(reader)
    counter.add(3)
    data = reader.get_metrics_data()
    assert values(data) == {"c_total": 5 if early else 3}
    assert values(provider.take()) == {"c_total": 5}
    provider.shutdown()


def test_flush_and_shutdown_before_any_instrument() -> None:
    """Nothing is built to be shut down, and labotel's own collector outlives the shutdown."""
    provider = make()
    assert provider.force_flush()
    provider.shutdown()
    assert provider.take() is None


def test_a_provider_that_was_lent_comes_back_with_its_totals() -> None:
    """Instruments count for nobody meanwhile, and go on where they were."""
    provider, other = make(), make()
    meter = provider.get_meter("app")
    counter, idle = meter.create_counter("c_total"), meter.create_counter("idle_total")
    meter.create_observable_gauge("seven", [seven])
    counter.add(1)
    real = provider.real()
    for _ in range(2):
        provider.lend(other.real())
    counter.add(10)
    idle.add(10)
    late = meter.create_counter("late_total")
    meter.create_observable_gauge("late_seven", [seven])
    late.add(10)
    provider.take_back()
    provider.take_back()
    counter.add(1)
    late.add(1)
    assert provider.real() is real
    assert values(provider.take()) == {"c_total": 2, "late_total": 1, "seven": 7, "late_seven": 7}


def test_a_lent_provider_is_not_in_use_where_it_was_not() -> None:
    """An exporter beneath asks for nothing that a test counts."""
    provider = make()
    counter = provider.get_meter("app").create_counter("c_total")
    provider.lend(make().real())
    counter.add(1)
    assert not provider.in_use and provider.take() is None
    provider.forget()  # in a child
    assert not provider.in_use
    provider.take_back()
    counter.add(2)
    assert values(provider.take()) == {"c_total": 2}
