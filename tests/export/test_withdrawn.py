"""Gauges and up-down counters end at the receiver when they end here."""

from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1 import metrics_pb2 as pb

from labotel.export.withdrawn import Held
from labotel.signals.cells import Metric
from labotel.viewer.receiver import Receiver
from running import run

NOW = 5_000_000_000
NO_VALUE = pb.DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK


def waiting(*queues: str, kind: Any = "gauge") -> Metric:
    """A metric with a series for each queue."""
    metric = Metric("queue_length", kind, ("queue",), "", "Messages that wait.")
    for queue in queues:
        metric.add((queue,), NOW).value = 1
    return metric


def ended(held: Held, *metrics: Metric) -> list[str]:
    """The queues whose series end with this export, which the receiver takes."""
    queues = []
    for message in held.ended(metrics, NOW):
        made = pb.Metric.FromString(message)
        assert (made.name, made.description) == ("queue_length", "Messages that wait.")
        for point in getattr(made, made.WhichOneof("data")).data_points:
            assert point.flags == NO_VALUE and point.WhichOneof("value") is None
            assert point.time_unix_nano == NOW
            queues.append(point.attributes[0].value.string_value)
    held.taken()
    return queues


@pytest.mark.parametrize("kind", ["gauge", "updowncounter"])
def test_a_label_set_that_vanished_ends_once(kind: str) -> None:
    """The others stay, and nothing is said of it a second time."""
    held = Held()
    assert ended(held, waiting("mail", "print", kind=kind)) == []
    assert ended(held, waiting("print", kind=kind)) == ["mail"]
    assert ended(held, waiting("print", kind=kind)) == []
    assert ended(held) == ["print"]


@pytest.mark.parametrize("kind", ["counter", "histogram"])
def test_a_total_never_ends(kind: str) -> None:
    """It is carried on by whoever has the slot next."""
    held, metric = Held(), Metric("seen_total", kind, ("queue",), bounds=(1.0,))
    metric.add(("mail",), NOW)
    assert held.ended([metric], NOW) == []
    held.taken()
    assert held.ended([], NOW) == []


def test_an_end_that_was_not_taken_is_said_again() -> None:
    """The receiver was away."""
    held = Held()
    ended(held, waiting("mail"))
    assert held.ended([], NOW) == held.ended([], NOW) != []


def test_a_series_that_comes_back_before_its_end_was_taken_does_not_end() -> None:
    """What the receiver holds is true again."""
    held = Held()
    ended(held, waiting("mail"))
    held.ended([], NOW)
    assert ended(held, waiting("mail")) == []


WAITING = """
from typing import Literal
waiting = labotel.Gauge("app_waiting", by={"queue": Literal["mail", "print"]}, scope="process")
labotel.shutdown()
labotel.configure(catalogs=[catalog, labotel.Catalog("things", gauges=[waiting])])
"""

Ends = list[tuple[str, bool]]
"""The queue of each point that arrives, and whether it is the series' end."""


@pytest.fixture
def arrived(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Ends:
    """The points of `app_waiting`, in their order; the viewer itself passes over ends."""
    found: Ends = []
    take = receiver.store.receive

    def receive(request: Any, size: int) -> None:
        if isinstance(request, ExportMetricsServiceRequest):
            found.extend(_points(request))
        take(request, size)

    monkeypatch.setattr(receiver.store, "receive", receive)
    return found


def _points(request: ExportMetricsServiceRequest) -> Ends:
    return [
        (point.attributes[0].value.string_value, bool(point.flags & NO_VALUE))
        for group in request.resource_metrics
        for scope in group.scope_metrics
        for metric in scope.metrics
        if metric.name == "app_waiting"
        for point in metric.gauge.data_points
    ]


def test_a_process_ends_what_it_said_of_the_moment(
    arrived: Ends, environment: dict[str, str]
) -> None:
    """First the queue that vanished, and with the process's end the other one."""
    run(
        WAITING
        + """
readings = [[("mail", 1), ("print", 2)], [("print", 2)]]
labotel.gauge(waiting)(lambda: readings.pop(0))
order(1)
assert labotel.flush(5) and labotel.flush(5)
labotel.shutdown()
""",
        {**environment, "OTEL_METRIC_EXPORT_INTERVAL": "60000"},
    )
    assert arrived == [
        ("mail", False), ("print", False),
        ("print", False), ("mail", True),
        ("print", True),
    ]  # fmt: skip


def test_a_child_leaves_its_ends_to_its_parent(arrived: Ends, environment: dict[str, str]) -> None:
    """It never waits for the network."""
    run(
        WAITING
        + """
import multiprocessing
def work():
    labotel.gauge(waiting)(lambda: [("mail", 1)])
    order(1)
    assert labotel.flush(5)
child = multiprocessing.get_context("fork").Process(target=work)
child.start()
child.join()
order(1)
labotel.shutdown()
""",
        {**environment, "OTEL_METRIC_EXPORT_INTERVAL": "60000"},
    )
    assert arrived == [("mail", False), ("mail", True)]
