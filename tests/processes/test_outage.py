"""A receiver that is away, hangs or comes back: nothing waits for it, nothing is lost."""

import json
import sys
from pathlib import Path

import pytest

from conftest import Start
from labotel.export.wake import wait_until
from labotel.viewer.receiver import Receiver
from outages import STEADY, waiting_items
from running import end, run

DEAD = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
SMALL = {
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "50",
    "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "50",
    "OTEL_BSP_MAX_QUEUE_SIZE": "300",
    "OTEL_BLRP_MAX_QUEUE_SIZE": "300",
}
"""So little memory that most of an outage is on disk."""
SLOWLY = {
    f"OTEL_{name}": "60000"
    for name in ("METRIC_EXPORT_INTERVAL", "BSP_SCHEDULE_DELAY", "BLRP_SCHEDULE_DELAY")
}


def orders(receiver: Receiver) -> list[int]:
    """Return the numbers of the orders' log records, as they arrived."""
    return [int(r.attributes["order_id"]) for r in receiver.logs if r.event_name == "shop.ordered"]


def steps(receiver: Receiver) -> list[int]:
    """Return the numbers of the spans, as they arrived."""
    return [int(s.name.split()[1]) for s in receiver.spans if s.name.startswith("step")]


def on_disk(environment: dict[str, str]) -> int:
    """Return how many spans and log records wait on disk."""
    return waiting_items(Path(environment["LABOTEL_RUNTIME_DIR"]))


@pytest.mark.parametrize("begins", ["away", "there"])
def test_a_receiver_that_comes_back_gets_everything_in_order(
    begins: str, environment: dict[str, str], start: Start, tmp_path: Path
) -> None:
    """Away from the start, or in the midst: by number, each once where none was under way."""
    receiver = Receiver().start()  # it has a port from now on
    env = environment | SMALL | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
    if begins == "away":
        receiver.stop()
    process = start(sys.executable, "-W", "error", "-c", STEADY, env=env)
    if begins == "there":
        assert wait_until(lambda: len(orders(receiver)) > 100, 60)
        receiver.stop()
    before = len(orders(receiver))
    assert wait_until(lambda: on_disk(env) > 600, 60)
    with receiver:
        assert wait_until(lambda: len(orders(receiver)) > before + 600, 60)
        assert end(process) == 0
        count = int((tmp_path / "process-0.log").read_text().split("said")[1])
        for arrived in (orders(receiver), steps(receiver)):
            assert list(dict.fromkeys(arrived)) == list(range(count))
        assert receiver.store.total("orders_total") == count
        assert receiver.store.total("labotel_dropped_total") == 0
    assert on_disk(env) == 0


def test_metrics_are_not_tried_at_each_interval(environment: dict[str, str]) -> None:
    """After 0.1 s, 0.75 s or more behind that, 1.5 s or more behind that; and at the end.

    Their next export holds all that was counted.
    """
    with Receiver(respond=lambda signal: (503, {}, b"") if signal == "metrics" else None) as busy:
        run(
            "order(3); time.sleep(2); labotel.shutdown()",
            environment
            | {
                "OTEL_EXPORTER_OTLP_ENDPOINT": busy.endpoint,
                "OTEL_METRIC_EXPORT_INTERVAL": "100",
            },
        )
        assert 2 <= busy.stats["requests"]["metrics"] <= 5


def test_what_does_not_fit_is_counted_and_said_in_one_line(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """10,000 events and spans, room for few: those that arrive and those that are counted are all.

    However many were lost, the log has one line for each signal and reason.
    """
    env = environment | SMALL | {"LABOTEL_DISK_QUEUE": "60000"}
    lines = run(
        """
        import logging
        said = []
        class Kept(logging.Handler):
            def emit(self, record): said.append(record.getMessage())
        logging.getLogger("labotel").addHandler(Kept())
        from opentelemetry import trace
        tracer = trace.get_tracer("app")
        for n in range(10000):
            with tracer.start_as_current_span(f"step {n}"):
                labotel.emit(Ordered(size="small", order_id=n))
        labotel.shutdown(30)
        import json
        print(json.dumps(said))
        """,
        env | DEAD,
    )
    assert on_disk(env) > 0
    run("order(1)", env)
    said = [line for line in json.loads(lines) if "lost" in line]
    assert len(said) == len({line.split(" ", 2)[2] for line in said}) <= 4
    store = receiver.store
    for signal, arrived in (("logs", len(orders(receiver)) - 1), ("traces", len(steps(receiver)))):
        assert 0 < arrived < 10_000
        assert store.total("labotel_dropped_total", signal=signal) + arrived == 10_000
    assert store.total("orders_total") == 10_001


@pytest.mark.parametrize("away", [False, True])
def test_a_disk_that_takes_no_byte(
    away: bool, receiver: Receiver, environment: dict[str, str]
) -> None:
    """Neither a slot nor a request: all that is said goes out while a receiver is there.

    Where none is, the process goes on and ends all the same.
    """
    out = run(
        """
        import resource
        order(1)
        assert labotel.flush(10) or AWAY
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # as a full disk: each write fails
        order(500)
        time.sleep(2)
        order(500)
        labotel.shutdown(10)
        print("ended")
        """.replace("AWAY", repr(away)),
        environment | (SMALL | DEAD if away else {}),
    )
    assert out.split() == ["ended"]
    if not away:
        assert orders(receiver) == [0, *range(500), *range(500)]
        assert receiver.store.total("orders_total") == 1001
        assert receiver.store.total("labotel_faults_total", where="slot_write") >= 1


ENDS = """
    from opentelemetry import trace
    tracer = trace.get_tracer("app")
    def work():
        for n in range(2000):
            with tracer.start_as_current_span(f"step {n}"):
                labotel.emit(Ordered(size="small", order_id=n))
    def timed_end():
        began = time.monotonic()
        labotel.shutdown(LIMIT)
        return time.monotonic() - began
    work()
    children = []
    for _ in range(3):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            work()
            os.write(writing, str(timed_end()).encode())
            os._exit(0)
        children.append((pid, reading))
    print(max(float(os.read(reading, 100)) for pid, reading in children))
    [os.waitpid(pid, 0) for pid, _ in children]
    time.sleep(1)  # the main process is in the midst of a request
    print(timed_end())
"""


@pytest.mark.parametrize("how", ["dead", "hanging"])
@pytest.mark.parametrize("limit", [None, 2.0])
def test_an_end_takes_no_longer_than_its_setting(
    how: str,
    limit: float | None,
    hanging: str,
    receiver: Receiver,
    environment: dict[str, str],
) -> None:
    """For all signals together, in the main process and in each child; by default 5 s.

    What could not be sent is on disk for the next process; what there was no time for is counted.
    """
    endpoint = DEAD if how == "dead" else {"OTEL_EXPORTER_OTLP_ENDPOINT": hanging}
    out = run(ENDS.replace("LIMIT", repr(limit)), environment | endpoint)
    of_children, of_main = map(float, out.split())
    slack = 0.5  # a busy machine's scheduling
    assert of_main <= (limit or 5.0) + slack
    assert of_children <= (limit or 5.0) + slack
    waited = on_disk(environment)
    run("order(1)", environment)
    store = receiver.store
    lost = store.total("labotel_dropped_total")
    assert len(orders(receiver)) - 1 + len(steps(receiver)) == waited == 4 * 2 * 2000 - lost
    assert store.total("orders_total") == 4 * 2000 + 1


def test_what_a_flush_could_not_send_is_on_disk(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Whoever flushes may be killed next, as a worker of uvicorn's is at its server's end."""
    run("order(700); assert not labotel.flush(20); os._exit(0)", environment | SLOWLY | DEAD)
    run("order(1)", environment)
    assert orders(receiver) == [*range(700), 0]


def test_nobody_waits_for_a_flush_after_the_end(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """As in a child of Celery's, which ends before the application's own last lines."""
    took = run(
        """
        from labotel.configure import present
        order(3)
        present().runtime.end()
        began = time.monotonic()
        assert labotel.flush(30)
        print(time.monotonic() - began)
        """,
        environment,
    )
    assert float(took) < 20
    assert orders(receiver) == [0, 1, 2]


def test_a_request_that_outlives_the_end_changes_nothing(
    hanging: str, environment: dict[str, str]
) -> None:
    """Its process lives on: the slot and the leases are another's from the end on."""
    out = run(
        """
        import pathlib, threading
        from labotel.export import locks
        order(1)
        time.sleep(1)  # its request is under way
        labotel.shutdown(1)
        [t.join(20) for t in threading.enumerate() if t.name == "labotel-send"]
        (folder,) = pathlib.Path(os.environ["LABOTEL_RUNTIME_DIR"]).glob("*/")
        print(locks.attempt(folder / "lease.lock") is not None)
        """,
        environment | {"OTEL_EXPORTER_OTLP_ENDPOINT": hanging, "OTEL_EXPORTER_OTLP_TIMEOUT": "3"},
    )
    assert out.split() == ["True"]
