"""Nothing that goes wrong around labotel reaches the application, or costs more than it must."""

import pytest

from labotel.viewer.receiver import Receiver
from running import python, run

DEAD = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}


def test_emitting_in_a_signal_handler_never_deadlocks(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A handler that interrupts an emit, at whatever point, may emit and flush itself."""
    out = run(
        """
        import signal
        said = 0
        def handler(*_):
            global said
            labotel.emit(Ordered(size="large", order_id=said))
            said += 1
        signal.signal(signal.SIGALRM, handler)
        signal.setitimer(signal.ITIMER_REAL, 0.004, 0.004)
        order(60000)
        signal.setitimer(signal.ITIMER_REAL, 0)
        print(said)
        assert labotel.shutdown(20)
        """,
        environment,
    )
    assert receiver.store.total("orders_total", size="small") == 60000
    assert receiver.store.total("orders_total", size="large") == int(out) > 0


def test_shutdown_in_a_signal_handler_ends(receiver: Receiver, environment: dict[str, str]) -> None:
    """A SIGTERM in the middle of emitting: the handler shuts down and the process ends."""
    for seconds in (0.001, 0.002, 0.0025, 0.003, 0.05):  # in configure, at the start, in between
        run(
            f"""
            import signal
            def handler(*_):
                labotel.shutdown(3)
                os._exit(0)
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, {seconds})
            while True:
                order(1000)
            """,
            environment,
        )
    assert receiver.store.total("orders_total") > 0


def test_a_runtime_folder_that_vanishes_costs_no_metric(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Cleaning /tmp under a running process: what it counts is exported all the same."""
    run(
        """
        import shutil
        order(3)
        assert labotel.flush()
        shutil.rmtree(os.environ["LABOTEL_RUNTIME_DIR"])
        order(4)
        labotel.flush()
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 7


def test_a_read_only_place_gives_an_identity_of_its_own(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Without a folder that can be written: said once, counted, and everything is exported."""
    run("order(3)", environment | {"LABOTEL_RUNTIME_DIR": "/proc/no-such-place"})
    assert receiver.store.total("orders_total") == 3
    assert receiver.store.total("labotel_faults_total", where="runtime_folder") == 1
    assert all(name.endswith("-r") for name in receiver.store.identities("orders_total"))


def test_django_without_a_secret_key_loses_nothing(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """A script with bare settings: a key is made, and spans and records go out."""
    environment.pop("LABOTEL_PSEUDONYM_KEY")
    python(
        """
from django.conf import settings
settings.configure(INSTALLED_APPS=[])
import labotel
from project.telemetry import Ordered, catalog
labotel.configure(catalogs=[catalog])
labotel.emit(Ordered(size="small", order_id=1))
assert labotel.shutdown()
""",
        environment,
    )
    assert [r.event_name for r in receiver.logs] == ["shop.ordered"]


def test_a_filter_of_the_applications_that_raises_costs_a_warning(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """labotel's own warning meets a broken filter: shutdown neither raises nor loses a count."""
    run(
        """
        import logging
        class Broken(logging.Filter):
            def filter(self, record): return record.user
        logging.getLogger("labotel").addFilter(Broken())
        order(5)
        labotel.emit(Ordered(size="huge", order_id=1))
        order(4)
        assert labotel.shutdown()
        """,
        environment,
    )
    assert receiver.store.total("orders_total", size="small") == 9


def test_waiting_log_lines_are_bounded(environment: dict[str, str]) -> None:
    """With a dead receiver the oldest lines go, by number, and long texts are cut."""
    out = run(
        """
        import logging
        from labotel.configure import present
        log = logging.getLogger("app")
        for n in range(3000):
            log.info("x" * 40000)
        waiting = present().pipeline.logs
        until = time.monotonic() + 20
        while len(waiting) > 1000 and time.monotonic() < until:
            time.sleep(0.05)
        print(len(waiting) <= 1000, max(len(line.message) for line in waiting) < 17000)
        labotel.shutdown(1)
        """,
        environment | DEAD | {"OTEL_BLRP_MAX_QUEUE_SIZE": "1000"},
    )
    assert out.split() == ["True", "True"]


def test_a_gauge_that_hangs_holds_nothing_up(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Its supplier sleeps for ever; counts, records and the flush go on."""
    run(
        """
        STUCK = labotel.Gauge("stuck_things")
        labotel.shutdown()
        @labotel.gauge(STUCK)
        def stuck():
            time.sleep(60)
        labotel.configure(catalogs=[catalog, labotel.Catalog("stuck", gauges=[STUCK])])
        order(5)
        time.sleep(1)
        assert labotel.flush(4)
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 5
    assert len([r for r in receiver.logs if r.event_name == "shop.ordered"]) == 5


def test_configuring_again_after_a_shutdown_works(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Everything is observed again: totals go on, spans and records arrive."""
    run(
        """
        from opentelemetry import trace
        order(3)
        assert labotel.shutdown()
        labotel.configure(catalogs=[catalog])
        with trace.get_tracer("app").start_as_current_span("again"):
            order(4)
        assert labotel.shutdown()
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 7
    assert [s.name for s in receiver.spans] == ["again"]


def test_signals_that_are_switched_off_leave_in_no_way(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """OTEL_TRACES_EXPORTER=none and OTEL_LOGS_EXPORTER=none hold for ending children too."""
    run(
        """
        from opentelemetry import trace
        order(1)
        pid = os.fork()
        if pid == 0:
            with trace.get_tracer("app").start_as_current_span("child"):
                order(1)
            sys.exit(0)
        os.waitpid(pid, 0)
        """,
        environment | {"OTEL_TRACES_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none"},
    )
    assert receiver.store.total("orders_total") == 2
    assert not receiver.spans
    assert not receiver.logs


@pytest.mark.parametrize("which", ["labotel-drain", "labotel-send"])
def test_a_thread_that_could_not_be_started_is_started_later(
    which: str, receiver: Receiver, environment: dict[str, str]
) -> None:
    """A limit of threads was reached for a moment: nothing is lost, or counted twice."""
    run("order(10)", environment)
    run(
        f"""
        import threading
        start, failed = threading.Thread.start, []
        def limited(thread):
            if thread.name == {which!r} and not failed:
                failed.append(thread)
                raise RuntimeError("can't start new thread")
            start(thread)
        threading.Thread.start = limited
        order(1)
        assert len(failed) == 1
        time.sleep(1)
        order(4)
        names = [thread.name for thread in threading.enumerate()]
        assert names.count("labotel-drain") == names.count("labotel-send") == 1, names
        """,
        environment,
    )
    assert receiver.store.total("orders_total") == 15
    assert receiver.store.total("labotel_faults_total") == 0
    assert len(receiver.store.identities("orders_total")) == 1
