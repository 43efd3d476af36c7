"""Single values at their worst: too deep, too large, or with a will of their own."""

import json

import pytest

from labotel.events import dispatch
from labotel.viewer.receiver import Receiver
from running import run


@pytest.mark.parametrize("error", ["KeyboardInterrupt", "SystemExit", "GeneratorExit"])
def test_a_signal_to_the_thread_is_the_applications(
    receiver: Receiver, environment: dict[str, str], error: str
) -> None:
    """What is no Exception passes, wherever a `__str__` raises it; labotel goes on afterwards.

    So does a time limit of gevent's. On labotel's own threads nothing of it ends anything.
    """
    run(
        f"""
        import logging
        from opentelemetry import _logs, trace
        class Signal:
            def __str__(self):
                raise {error}
        ways = [
            lambda: labotel.emit(Ordered(size="small", order_id=Signal())),
            lambda: logging.getLogger("t").warning("%s", Signal()),
            lambda: _logs.get_logger("t").emit(body=Signal()),
        ]
        for way in ways:
            try:
                way()
            except {error}:
                continue
            raise AssertionError(way)
        from labotel import Catalog, Gauge
        order(3)
        assert labotel.flush(20)
        assert labotel.shutdown(20)
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 3


def test_a_supplier_that_wants_to_exit_ends_nothing(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Its own reading fails, and is counted; the next gauge is read, the export goes on."""
    run(
        """
        from labotel import Catalog, Gauge
        labotel.shutdown()
        FIRST = Gauge("a_current", by={}, scope="process")
        SECOND = Gauge("b_current", by={}, scope="process")
        THIRD = Gauge("c_current", by={}, scope="process")
        @labotel.gauge(FIRST)
        def first():
            raise SystemExit
        @labotel.gauge(SECOND)
        def second():
            return 2
        @labotel.gauge(THIRD)
        def third():
            while True:
                yield 1
        labotel.configure(catalogs=[catalog, Catalog("g", gauges=[FIRST, SECOND, THIRD])])
        order(3)
        assert labotel.flush(20) and labotel.flush(20)
        """,
        environment,
    )
    store = receiver.store
    assert store.total("b_current") == 2
    assert store.total("labotel_faults_total", where="gauge_a_current") >= 1
    assert store.total("labotel_faults_total", where="gauge_c_current") >= 1


def test_as_deep_as_the_stack_may_be(receiver: Receiver, environment: dict[str, str]) -> None:
    """Where a call of `emit` or of a logger itself has room, it raises nothing; all is counted."""
    out = run(
        """
        import json, logging
        logger = logging.getLogger("t")
        sys.setrecursionlimit(400)
        told = raised = 0
        event = Ordered(size="small", order_id="not an int")
        def down(n):
            if n:
                return down(n - 1)
            return act()
        def act():
            global told
            told += 1
            labotel.emit(event)
        order(1)
        for depth in range(300, 400):
            before = told
            try:
                down(depth)
            except RecursionError as error:
                # Only where nothing of labotel's can run at all: at the call of emit itself.
                frames, trace = [], error.__traceback__
                while trace is not None:
                    frames.append(trace.tb_frame.f_code.co_name)
                    trace = trace.tb_next
                assert frames[-1] in ("down", "act"), frames[-3:]
                if told > before:
                    told -= 1
        sys.setrecursionlimit(1000)
        assert labotel.flush(20)
        print(told)
        """,
        environment,
    )
    arrived = receiver.store.total("orders_total", size="small")
    lost = receiver.store.total("labotel_faults_total", where="emit")
    # One that was taken in may count as a fault, too: what came after it found no room.
    assert arrived <= int(out) + 1 <= arrived + lost
    assert lost > 0


def test_large_values_are_cut_where_they_are_said(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """50 MB of text, a million keys or digits, a list 100,000 deep: none is held or sent."""
    out = run(
        """
        import json, logging, resource
        from decimal import Decimal
        from opentelemetry import _logs, trace
        big = "x" * 50_000_000
        wide = dict.fromkeys(range(1_000_000), "v")
        deep = []
        for _ in range(100_000):
            deep = [deep]
        logger = logging.getLogger("t")
        order(1)
        assert labotel.flush(20)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.process_time()
        values = [big, wide, deep, 10**1_000_000, Decimal("1E+999999"), [big] * 1000, {"k": wide}]
        with trace.get_tracer("t").start_as_current_span("work") as span:
            for value in values:
                for _ in range(20):
                    labotel.emit(Ordered(size="small", order_id=value))
                    labotel.emit(Ordered(size=value, order_id=1))
                    logger.warning("witness", extra={"v": value})
                    _logs.get_logger("t").emit(body=value, attributes={"v": value})
            logger.warning("many", extra={str(k): v for k, v in wide.items()})
            labotel.emit(Ordered(**{big: 1}))
            span.set_attribute("v", [big])
        assert labotel.flush(60)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps([time.process_time() - began, (after - before) / 1024]))
        """,
        environment,
    )
    seconds, megabytes = json.loads(out)
    store = receiver.store
    assert store.total("orders_total", size="small") == 7 * 20 + 1
    assert store.total("orders_total", size="other") == 7 * 20
    assert store.total("labotel_dropped_total") == 0
    assert store.total("labotel_events_rejected_total") == 1
    assert max(receiver.stats["bytes"].values()) < 64_000_000
    assert megabytes < 1000
    assert seconds < 60


def test_what_is_changed_afterwards_does_not_change_the_record(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A list, a dict, an exception: as they were when they were said."""
    run(
        """
        from opentelemetry import _logs, trace
        items, table = ["before"], {"k": ["before"]}
        labotel.emit(Ordered(size="small", order_id=items))
        _logs.get_logger("t").emit(body=items, attributes=table)
        with trace.get_tracer("t").start_as_current_span("work") as span:
            span.set_attribute("v", items)
        items[0] = table["k"][0] = "after"
        assert labotel.flush(20)
        """,
        environment,
    )
    event = next(log for log in receiver.logs if log.event_name)
    said = next(log for log in receiver.logs if log.scope == "t")
    assert event.attributes["order_id"] == "['before']"
    assert (said.body, said.attributes["k"]) == (["before"], ["before"])
    assert receiver.spans[0].attributes["v"] == ["before"]


def test_what_found_no_room_is_counted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event at the end of the stack, or of memory, raises nothing."""

    def full(event: object) -> None:
        raise MemoryError

    monkeypatch.setattr(dispatch, "_emit", full)
    monkeypatch.setattr(dispatch, "lost", 0)
    dispatch.emit(None)  # type: ignore[arg-type]  # nobody looks at it
    assert dispatch.lost == 1
