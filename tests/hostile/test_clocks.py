"""A clock that is set back: no point before its series' start, and every export goes on."""

from typing import Any

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import Metric as Message

from labotel.export import wire_metrics
from labotel.export.wire_metrics import SET_BACK, TICK, Exported
from labotel.signals.cells import Metric
from labotel.viewer.receiver import Receiver
from running import run

HOUR = 3_600_000_000_000
NOW = 1_800_000_000_000_000_000


def points(metric: Metric, now: int, state: Exported) -> list[Any]:
    """The points of one export, decoded by the generated classes."""
    message = Message.FromString(wire_metrics.metric(metric, now, state)[0])
    return list(message.sum.data_points or message.histogram.data_points)


@pytest.mark.parametrize("kind", ["counter", "histogram"])
@pytest.mark.parametrize("delta", [False, True])
def test_no_point_is_before_its_start(kind: Any, delta: bool) -> None:
    """The series began an hour ahead of the clock; its start moves once, not with each export."""
    metric = Metric("t_total", kind, (), bounds=(1.0,))
    cell = metric.cell((), NOW + HOUR)
    if kind == "counter":
        cell.value = 3
    else:
        cell.counts, cell.count, cell.sum = [3, 0], 3, 3.0
    state = Exported(delta)
    starts = set()
    for tick in range(3):
        made = points(metric, NOW + tick * 1_000_000_000, state)
        assert all(point.start_time_unix_nano <= point.time_unix_nano for point in made)
        starts.add(made[-1].start_time_unix_nano)
        cell.fresh = False
    assert delta or len(starts) == 1


@pytest.mark.parametrize("back", [0, 1, 1_000_000_000, SET_BACK - 1])
def test_an_export_is_later_than_the_last(back: int) -> None:
    """Where the clock was set back by less than a minute, by a millisecond: Prometheus's tick."""
    state = Exported()
    state.time = NOW
    assert state.moment(NOW - back) == NOW + TICK
    assert state.moment(NOW + 1) == NOW + 1


def test_a_clock_that_was_set_back_far_is_followed() -> None:
    """What was sent before was from the future; waiting for it could take years."""
    state = Exported()
    state.time = NOW
    assert state.moment(NOW - SET_BACK) == NOW - SET_BACK


def test_the_clock_goes_back_while_all_is_exported(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """By seconds, by hours, before 1970, and ahead: sums stay exact, exports go on.

    The receiver's store keeps the point of the latest time, so the clock's last leap is ahead.
    """
    run(
        """
        import logging, time
        from opentelemetry import trace
        real, shift = time.time_ns, 0
        labotel.shutdown()
        time.time_ns = lambda: real() + shift
        from labotel.events import clock
        import labotel.signals.pipeline as pipeline
        clock.now = time.time_ns
        pipeline.Pipeline.__init__.__defaults__ = (time.time_ns,)
        labotel.configure(catalogs=[catalog])
        for seconds in (0, -5, 3600, -3600, -2_000_000_000, 0, 4_000_000_000):
            shift = seconds * 1_000_000_000
            with trace.get_tracer("t").start_as_current_span("work"):
                shift -= 2_000_000_000
                with labotel.timed(Ordered, size="large", order_id=1):
                    order(100)
            logging.getLogger("t").warning("line")
            assert labotel.flush(20)
        """,
        environment,
    )
    store = receiver.store
    assert store.total("orders_total", size="small") == 700
    assert store.total("orders_total", size="large") == 7
    assert sum(log.body == "line" for log in receiver.logs) == 7
    assert all(span.start_ns <= span.end_ns for span in receiver.spans)
    assert all(p.start_ns <= p.time_ns for p in receiver.points)
    assert receiver.stats["refused"] == {"traces": 0, "metrics": 0, "logs": 0}
