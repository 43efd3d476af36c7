"""What the store answers: queries, totals over processes, bounds, waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.metrics.v1.metrics_pb2 import (
    AGGREGATION_TEMPORALITY_CUMULATIVE,
    AGGREGATION_TEMPORALITY_DELTA,
)
from opentelemetry.sdk.metrics import Counter, Histogram
from opentelemetry.sdk.metrics.export import AggregationTemporality

from labotel.viewer import store as store_module
from labotel.viewer.receiver import Receiver
from labotel.viewer.store import Store

DELTA = {
    Counter: AggregationTemporality.DELTA,
    Histogram: AggregationTemporality.DELTA,
}


class Species(StrEnum):
    CANINE = "canine"


def sum_request(
    value: int,
    time_ns: int,
    temporality: Any = AGGREGATION_TEMPORALITY_CUMULATIVE,
    instance: str = "one",
    name: str = "c",
) -> ExportMetricsServiceRequest:
    request = ExportMetricsServiceRequest()
    group = request.resource_metrics.add()
    group.resource.attributes.add(key="service.instance.id").value.string_value = instance
    data = group.scope_metrics.add().metrics.add(name=name).sum
    data.is_monotonic, data.aggregation_temporality = True, temporality
    data.data_points.add(as_int=value, time_unix_nano=time_ns)
    return request


def span_request(*names: str) -> ExportTraceServiceRequest:
    request = ExportTraceServiceRequest()
    spans = request.resource_spans.add().scope_spans.add().spans
    for name in names:
        spans.add(name=name)
    return request


def test_a_total_is_the_sum_of_the_latest_over_processes(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """Cumulative values are not added to themselves; those of two processes are added."""
    providers = [process(instance=name).meter_provider() for name in ("one", "two")]
    counters = [provider.get_meter("m").create_counter("c") for provider in providers]
    for amount in (3, 4):
        for counter in counters:
            counter.add(amount, {"species": "canine", "ok": True})
        counters[0].add(1, {"species": "feline", "ok": False})
        assert all(provider.force_flush() for provider in providers)
    assert receiver.store.total("c") == 2 * (3 + 4) + 2
    assert receiver.store.total("c", species="feline") == 2
    assert receiver.store.total("c", species=Species.CANINE) == 14
    assert receiver.store.total("c", ok=True) == receiver.store.total("c", ok="true") == 14
    assert receiver.store.total("c", species="canine", ok=False) == 0
    assert receiver.store.total("c", colour="red") == 0
    assert receiver.store.total("nothing") == 0


def test_a_total_of_deltas_is_the_sum_of_all_of_them(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """With delta temporality every export counts, of counters and of histograms."""
    provider = process().meter_provider(temporality=DELTA)
    meter = provider.get_meter("m")
    counter, histogram = meter.create_counter("c"), meter.create_histogram("h")
    for amount in (3, 4):
        counter.add(amount)
        histogram.record(amount)
        histogram.record(0.5)
        assert provider.force_flush()
    assert receiver.store.total("c") == 7
    assert receiver.store.total("h") == 4
    assert receiver.store.total_sum("h") == 8.0
    assert [point.value for point in receiver.points if point.name == "c"] == [4]
    (whole,) = [point for point in receiver.store.totals if point.name == "h"]
    assert (sum(whole.bucket_counts), whole.min, whole.max) == (4, 0.5, 4)


def test_a_histograms_total_is_its_count_and_its_sum_stands_apart(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """`total` counts measurements, `total_sum` adds up what was measured, over processes."""
    for instance in ("one", "two"):
        provider = process(instance=instance).meter_provider()
        histogram = provider.get_meter("m").create_histogram("h")
        histogram.record(1.5, {"size": "large"})
        histogram.record(2.0, {"size": "small"})
        assert provider.force_flush()
    assert receiver.store.total("h") == 4
    assert receiver.store.total_sum("h") == 7.0
    assert receiver.store.total_sum("h", size="large") == 3.0


def test_an_older_point_that_arrives_late_replaces_nothing() -> None:
    """The time of the point decides, not the time of its arrival."""
    store = Store()
    store.receive(sum_request(7, time_ns=200), 1)
    store.receive(sum_request(3, time_ns=100), 1)
    assert store.total("c") == 7
    assert [point.time_ns for point in store.points] == [200]
    store.receive(sum_request(9, time_ns=300), 1)
    assert store.total("c") == 9


def test_late_deltas_count_all_the_same() -> None:
    """A delta is never superseded; the latest point is still the one with the latest time."""
    store = Store()
    for value, time_ns in ((7, 200), (3, 100)):
        store.receive(sum_request(value, time_ns, AGGREGATION_TEMPORALITY_DELTA), 1)
    assert store.total("c") == 10
    assert [point.value for point in store.points] == [7]


def test_history_keeps_every_point_in_the_order_of_arrival(
    receiver: Receiver, process: Callable[..., Any]
) -> None:
    """With keep_history each export can be looked at, not only the last."""
    provider = process().meter_provider()
    counter = provider.get_meter("m").create_counter("c")
    for _ in range(3):
        counter.add(2)
        assert provider.force_flush()
    assert [point.value for point in receiver.store.history("c")] == [2, 4, 6]
    assert len(receiver.points) == 1


def test_history_that_is_not_kept_is_an_error_and_not_an_empty_list() -> None:
    """The message names the argument."""
    with pytest.raises(ValueError, match="keep_history=True"):
        Store().history("c")


def test_identities_are_the_instances_seen(receiver: Receiver, process: Callable[..., Any]) -> None:
    """Of all signals together, or of those that sent one metric."""
    process(instance="spans").tracer_provider().get_tracer("t").start_span("s").end()
    process(instance="logs").logger_provider().get_logger("l").emit(LogRecord(body="x"))
    provider = process(instance="metrics").meter_provider()
    provider.get_meter("m").create_counter("c").add(1)
    assert provider.force_flush()
    assert receiver.store.identities() == {"spans", "logs", "metrics"}
    assert receiver.store.identities("c") == {"metrics"}
    assert receiver.store.identities("nothing") == set()


def test_a_trace_is_its_spans_and_its_logs(receiver: Receiver, process: Callable[..., Any]) -> None:
    """Both are found by trace id, spans by their start and logs by their time."""
    one = process()
    tracer = one.tracer_provider().get_tracer("t")
    logger = one.logger_provider().get_logger("l")
    with tracer.start_as_current_span("parent") as parent:
        tracer.start_span("child").end()  # it ends, and arrives, before its parent
        logger.emit(LogRecord(timestamp=2_000, body="second"))
        logger.emit(LogRecord(timestamp=1_000, body="first"))
    tracer.start_span("another").end()
    logger.emit(LogRecord(timestamp=500, body="elsewhere"))
    trace_id = format(parent.get_span_context().trace_id, "032x")
    assert receiver.store.wait_for(lambda: (len(receiver.spans), len(receiver.logs)) == (3, 3))
    assert [span.name for span in receiver.store.trace(trace_id)] == ["parent", "child"]
    assert [record.body for record in receiver.store.logs_of(trace_id)] == ["first", "second"]


def test_beyond_its_limits_it_forgets_the_oldest_and_counts_them() -> None:
    """Spans and series are bounded; what went is told in `dropped`."""
    store = Store(max_spans=3, max_series=2)
    store.receive(span_request("a", "b", "c", "d", "e"), 1)
    for name in ("x", "y", "z"):
        store.receive(sum_request(1, 1, name=name), 1)
    assert [span.name for span in store.spans] == ["c", "d", "e"]
    assert [point.name for point in store.points] == ["y", "z"]
    assert store.dropped == {"spans": 2, "logs": 0, "series": 1}


def test_what_nobody_reads_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Undecoded requests beyond the limit are decoded by whoever delivers the next."""
    monkeypatch.setattr(store_module, "PENDING_BYTES", 10)
    store = Store(max_spans=1)
    for name in ("a", "b", "c"):
        store.receive(span_request(name), 6)
    assert len(store._pending) == 1
    assert [span.name for span in store.spans] == ["c"]


def test_clear_forgets_everything(receiver: Receiver, process: Callable[..., Any]) -> None:
    """After clear() no span, log, point, history, total or count is left."""
    one = process()
    one.tracer_provider().get_tracer("t").start_span("s").end()
    provider = one.meter_provider()
    provider.get_meter("m").create_counter("c").add(1)
    assert provider.force_flush()
    receiver.clear()
    assert (receiver.spans, receiver.logs, receiver.points) == ([], [], [])
    assert receiver.store.history("c") == []
    assert receiver.store.total("c") == 0
    assert receiver.stats["requests"] == {"traces": 0, "metrics": 0, "logs": 0}


def test_wait_for_is_woken_by_a_receipt() -> None:
    """A waiting thread sees what arrives while it waits, long before its timeout."""
    store = Store()
    asked = threading.Event()

    def there() -> bool:
        asked.set()
        return len(store.spans) == 1

    results: list[bool] = []
    waiter = threading.Thread(target=lambda: results.append(store.wait_for(there, timeout=60)))
    waiter.start()
    assert asked.wait(10)
    store.receive(span_request("a"), 1)
    waiter.join(timeout=10)
    assert results == [True]


def test_wait_for_says_when_it_was_in_vain() -> None:
    """False after the timeout; a predicate that holds already needs no time at all."""
    store = Store()
    assert store.wait_for(lambda: store.spans, timeout=0.01) is False
    assert store.wait_for(lambda: not store.spans, timeout=0) is True


def test_senders_and_readers_at_once_lose_nothing() -> None:
    """Requests from many threads, read all the while, add up to what was sent."""
    store = Store()

    def send(instance: str) -> None:
        for time_ns in range(1, 101):
            store.receive(sum_request(time_ns, time_ns, instance=instance), 1)
            store.receive(sum_request(1, time_ns, AGGREGATION_TEMPORALITY_DELTA, instance, "d"), 1)
            store.receive(span_request("s"), 1)

    threads = [threading.Thread(target=send, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert store.total("c") <= 800
    for thread in threads:
        thread.join()
    assert (store.total("c"), store.total("d"), len(store.spans)) == (800, 800, 800)
