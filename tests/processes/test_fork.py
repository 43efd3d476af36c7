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


def test_a_fork_under_load_hangs_no_child(receiver: Receiver, environment: dict[str, str]) -> None:
    """Children forked while other threads emit and export start with free locks."""
    said = run(
        """
        import threading
        stop = threading.Event()
        said = []
        def busy():
            while not stop.is_set():
                order(100)
                said.append(100)
                time.sleep(0.001)
        threads = [threading.Thread(target=busy) for _ in range(2)]
        [thread.start() for thread in threads]
        for _ in range(20):
            pid = os.fork()
            if pid == 0:
                order(1)
                labotel.shutdown()
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
        stop.set()
        [thread.join() for thread in threads]
        print(sum(said) + 20)
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == int(said)
