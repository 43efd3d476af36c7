"""Exact over forks: the parent's values are its own, and a child's count is never lost."""

from labotel.viewer.receiver import Receiver
from running import run

FORKS = """
    order(10)
    assert labotel.flush(5)
    for _ in range(2):
        pid = os.fork()
        if pid == 0:
            order(1)
            sys.exit(0)
        assert os.waitpid(pid, 0)[1] == 0
"""


def test_a_forked_child_reports_its_own_values_alone(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Parent 10, two forked children 1 each: 12 by the sum of what a receiver got."""
    run(FORKS, environment)
    assert receiver.store.total("orders_total") == 12
    assert len([r for r in receiver.logs if r.event_name == "shop.ordered"]) == 12


def test_children_in_turn_share_a_slot(receiver: Receiver, environment: dict[str, str]) -> None:
    """Twenty children, one after the other, make no more series than two processes do."""
    run(
        """
        order(1)
        for _ in range(20):
            pid = os.fork()
            if pid == 0:
                order(1)
                sys.exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 21
    assert len(receiver.store.identities("orders_total")) == 2


def test_a_child_that_waits_for_its_slot_loses_nothing(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A machine is busy, or hundreds of idle slots are looked at: its end is later."""
    run(
        """
        import pathlib
        from labotel.export import locks
        order(1)
        assert labotel.flush(5)
        (path,) = pathlib.Path(os.environ["LABOTEL_RUNTIME_DIR"]).glob("*/slots.lock")
        with locks.hold(path):
            pid = os.fork()
            if pid == 0:
                order(5)
                sys.exit(0)
            time.sleep(2)
        assert os.waitpid(pid, 0)[1] == 0
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 6


def test_an_idle_child_of_a_busy_parent_reports_nothing(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A child that says nothing starts nothing, and sends none of what its parent said."""
    out = run(
        """
        import threading
        order(5)
        pid = os.fork()
        if pid == 0:
            time.sleep(1.2)
            print(threading.active_count(), flush=True)
            os._exit(0)
        os.waitpid(pid, 0)
        """,
        environment,
    )
    assert out.split() == ["1"]
    assert receiver.store.total("orders_total") == 5
    assert len(receiver.store.identities()) == 1


def test_a_span_of_the_parent_is_exported_once(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A child forked inside a span of its parent's adds spans below it and does not repeat it."""
    run(
        """
        from opentelemetry import trace
        tracer = trace.get_tracer("app")
        with tracer.start_as_current_span("parent"):
            pid = os.fork()
            if pid == 0:
                with tracer.start_as_current_span("child"):
                    order(1)
            else:
                os.waitpid(pid, 0)
        """,
        environment,
    )
    spans = {span.name: span for span in receiver.spans}
    assert sorted(span.name for span in receiver.spans) == ["child", "parent"]
    assert spans["child"].parent_span_id == spans["parent"].span_id
    assert [event.name for event in spans["child"].events] == ["shop.ordered"]


def test_multiprocessing_children_are_counted(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Children of `multiprocessing` run no atexit; their counts and records arrive all the same."""
    run(
        """
        import multiprocessing
        context = multiprocessing.get_context("fork")
        order(1)
        children = [context.Process(target=order, args=(3,)) for _ in range(4)]
        [child.start() for child in children]
        [child.join() for child in children]
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 13
    assert len([r for r in receiver.logs if r.event_name == "shop.ordered"]) == 13


def test_eight_threads_of_ten_thousand(receiver: Receiver, environment: dict[str, str]) -> None:
    """80,000 events said at once are 80,000 counts and 80,000 records."""
    run(
        """
        import threading
        threads = [threading.Thread(target=order, args=(10_000,)) for _ in range(8)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert labotel.shutdown(60)
        """,
        environment | {"OTEL_BLRP_MAX_QUEUE_SIZE": "100000", "LABOTEL_INSTRUMENT": "-process"},
    )
    store = receiver.store
    assert store.total("orders_total") == 80_000
    assert store.total("labotel_events_emitted_total") == 80_000
    assert len([r for r in receiver.logs if r.event_name == "shop.ordered"]) == 80_000
    assert store.total("labotel_dropped_total") == 0


def test_two_hundred_forks_under_load_hang_no_child(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Forked while other threads emit, log, trace and export: children start with free locks.

    What each of them says arrives: its count, its record, its log line and its span.
    """
    said = run(
        """
        import logging, signal, threading
        from opentelemetry import trace
        tracer = trace.get_tracer("app")
        stop = threading.Event()
        said = []
        def busy():
            while not stop.is_set():
                with tracer.start_as_current_span("busy"):
                    order(20)
                    logging.getLogger("app").info("busy")
                said.append(20)
                time.sleep(0.02)
        def flushing():
            while not stop.is_set():
                labotel.flush(60)
        threads = [threading.Thread(target=busy) for _ in range(3)]
        threads.append(threading.Thread(target=flushing))
        [thread.start() for thread in threads]
        for number in range(200):
            pid = os.fork()
            if pid == 0:
                signal.alarm(60)  # a child that hangs ends by it
                with tracer.start_as_current_span("child"):
                    labotel.emit(Ordered(size="large", order_id=number))
                    logging.getLogger("app").warning("child %s", number)
                labotel.shutdown()
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0, number
        stop.set()
        [thread.join() for thread in threads]
        print(sum(said))
        assert labotel.shutdown(30)
        """,
        # What a busy machine's receiver answers too late would be sent, and arrive, once more.
        environment | {"OTEL_EXPORTER_OTLP_TIMEOUT": "60000"},
    )
    store, spans, logs = receiver.store, receiver.spans, receiver.logs
    assert store.total("orders_total", size="small") == int(said)
    assert store.total("orders_total", size="large") == 200
    numbers = [r.attributes["order_id"] for r in logs if r.event_name == "shop.ordered"]
    assert len(numbers) == 200 + int(said)
    lines = sorted(str(r.body) for r in logs if str(r.body).startswith("child "))
    assert lines == sorted(f"child {number}" for number in range(200))
    assert len([s for s in spans if s.name == "child"]) == 200
    assert len([s for s in spans if s.name == "busy"]) == int(said) / 20
    assert store.total("labotel_dropped_total") == 0
    assert len(store.identities("orders_total")) == 2
