"""`celery_queue_length` and `celery_worker_count`, with kombu's own brokers and real workers."""

import sys
from collections.abc import Callable
from inspect import signature
from pathlib import Path

import pytest

from conftest import Start
from labotel.instrumentation.celery.queues import _patience
from labotel.viewer.receiver import Receiver
from running import end, python

RunDjango = Callable[..., str]


@pytest.fixture
def env(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment with a broker in a folder."""
    for folder in ("broker", "broker/control"):
        (tmp_path / folder).mkdir()
    return environment | {"PROJECT_BROKER": str(tmp_path / "broker")}


QUEUED = """
import labotel
from project import celeryapp
from project.telemetry import Ordered
"""


def lengths(receiver: Receiver) -> dict[str, float | None]:
    """What stands at the receiver, by queue."""
    return {
        str(p.attributes["queue_name"]): p.value
        for p in receiver.points
        if p.name == "celery_queue_length"
    }


def test_waiting_messages_are_the_length_of_a_queue(
    receiver: Receiver, env: dict[str, str]
) -> None:
    """Read by a process that publishes, and by one that never does and only knows the app."""
    python(
        QUEUED
        + """
for number in range(3):
    celeryapp.order_task.delay(number)
celeryapp.order_task.apply_async((9,), queue="other")
labotel.emit(Ordered(size="small", order_id=1))
labotel.flush(10)
labotel.shutdown()
""",
        env,
    )
    assert lengths(receiver) == {"celery": 3, "other": 1}
    receiver.clear()
    python(
        QUEUED
        + """
import sys
import time
assert "celery.app.amqp" not in sys.modules
labotel.emit(Ordered(size="small", order_id=1))
labotel.flush(10)
labotel.shutdown()
""",
        env,
    )
    assert lengths(receiver) == {"celery": 3}
    assert receiver.store.total("labotel_faults_total") == 0


MEMORY = """
from celery import Celery
from kombu import Queue
app = Celery("x", broker="memory://")
app.conf.task_queues = [Queue("full"), Queue("empty"), Queue("new")]
app.conf.task_default_queue = "full"

@app.task
def nothing(): pass

for _ in range(3): nothing.delay()
with app.connection_for_write() as connection:
    Queue("empty").bind(connection.channel()).declare()
"""


def test_a_queue_that_the_broker_does_not_know_is_empty(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """As Redis forgets a queue in which nothing waits; the queues after it are read too."""
    run_django(MEMORY + '\nwork()\nassert total("celery_queue_length") == 3\nlabotel.shutdown()')
    assert lengths(receiver) == {"full": 3, "empty": 0, "new": 0}
    assert receiver.store.total("labotel_faults_total") == 0


@pytest.mark.parametrize(
    "body",
    [
        "import celery",
        "import celery; celery.current_app.conf.timezone",
        "import celery; app = celery.Celery('x')",
        "import celery; celery.Celery('x', broker='amqp://127.0.0.1:9').conf.task_always_eager = 1",
    ],
)
def test_without_an_app_and_its_broker_there_is_no_queue(
    receiver: Receiver, run_django: RunDjango, body: str
) -> None:
    """No app, Celery's own stand-in, no broker, or one that is never asked."""
    run_django(body + "\nwork()\nlabotel.flush(10)\nlabotel.shutdown()")
    assert lengths(receiver) == {}
    assert receiver.store.total("memory_usage_bytes", type="total") > 0
    assert receiver.store.total("labotel_faults_total") == 0


@pytest.mark.parametrize("answers", [False, True], ids=["nobody listens", "nobody answers"])
def test_a_broker_that_is_down_costs_its_metric_alone(
    receiver: Receiver, run_django: RunDjango, answers: bool
) -> None:
    """In a few seconds; the fault is counted, and every other gauge is there."""
    out = run_django(
        """
        import socket
        from celery import Celery
        quiet = socket.socket()
        quiet.bind(("127.0.0.1", 0))
        """
        + ("quiet.listen()" if answers else "")
        + """
        app = Celery("x", broker=f"amqp://127.0.0.1:{quiet.getsockname()[1]}")
        work()
        began = time.monotonic()
        labotel.flush(10)
        reader = next((t for t in threading.enumerate() if t.name == "labotel-gauges"), None)
        if reader is not None:
            reader.join(20)
        print(time.monotonic() - began < 6)
        time.sleep(1)  # the fault is counted at the next drain
        labotel.shutdown()
        """
    )
    assert out.split() == ["True"]
    assert lengths(receiver) == {}
    store = receiver.store
    assert store.total("labotel_faults_total", where="queue_length") == 1
    assert store.total("memory_usage_bytes", type="total") > 0


def test_another_connections_own_queue_is_left_out(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """A broker that refuses to tell of one queue still tells of the others."""
    run_django(
        MEMORY
        + """
from kombu.exceptions import ChannelError
from kombu.transport.memory import Channel
def exclusive(self, queue, **kwargs):
    if queue == "empty":
        raise ChannelError("locked", (50, 10), "Channel.queue_declare", "405")
    return queue in self.queues
Channel._has_queue = exclusive
work()
assert total("celery_queue_length") == 3
time.sleep(1)
labotel.shutdown()
"""
    )
    assert lengths(receiver) == {"full": 3, "new": 0}
    assert receiver.store.total("labotel_faults_total", where="queue_length") == 1


def test_amqp_knows_the_options_of_our_patience() -> None:
    """They are the client's own; other transports are given none that they do not know."""
    from amqp import Connection

    for transport in ("amqp", "amqps", "pyamqp"):
        assert set(_patience(transport)) <= set(signature(Connection.__init__).parameters)
    assert _patience("filesystem") == {}


def test_disconnecting_takes_the_suppliers_back(run_django: RunDjango) -> None:
    """Configured again, they are there again."""
    out = run_django(
        MEMORY
        + """
names = ("celery_queue_length", "celery_worker_count")
print(*(name in suppliers for name in names))
labotel.shutdown()
print(*(name in suppliers for name in names))
labotel.configure(catalogs=[catalog])
work()
print(total("celery_queue_length"))
"""
    )
    assert out.splitlines() == ["True True", "False False", "3"]


def test_a_worker_counts_until_it_shuts_down(env: dict[str, str], receiver: Receiver) -> None:
    """From its ready signal to its shutdown signal, whatever the process does after it."""
    out = python(
        QUEUED
        + """
import os, signal, sys, threading, warnings
from celery.signals import worker_ready
from labotel.events.gauges import suppliers

warnings.simplefilter("ignore")  # Celery does not like a worker of root's
standing = lambda: [(str(kind), n) for kind, n in suppliers["celery_worker_count"][1]()]

def stop():
    print("ready:", standing(), file=sys.__stdout__, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)

@worker_ready.connect(weak=False)
def later(**kwargs):
    threading.Timer(0.5, stop).start()

options = ["worker", "--pool", "solo", "--without-gossip", "--without-mingle"]
try:
    celeryapp.app.worker_main(options)
except SystemExit:
    pass
print("ended:", standing(), file=sys.__stdout__)
""",
        env,
    )
    lines = [line for line in out.splitlines() if line.startswith(("ready:", "ended:"))]
    assert lines == ["ready: [('solo', 1)]", "ended: []"]


def work(start: Start, env: dict[str, str], name: str, pool: str, *more: str) -> object:
    """Start a worker."""
    return start(
        sys.executable, "-m", "celery", "-A", "project.celeryapp", "worker", "--pool", pool,
        "--without-gossip", "--without-mingle", "-n", name, *more, env=env,
    )  # fmt: skip


def counts(receiver: Receiver) -> dict[tuple[str, str], float | None]:
    """What stands at the receiver, by type and instance."""
    return {
        (str(p.attributes["worker_type"]), str(p.resource["service.instance.id"])): p.value
        for p in receiver.points
        if p.name == "celery_worker_count"
    }


def test_a_worker_of_two_children_is_one(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """Its main process says so; children that ran tasks, and were replaced, do not."""
    python(
        QUEUED
        + """
for number in range(6): celeryapp.order_task.delay(number)
labotel.shutdown()
""",
        env | {"OTEL_SERVICE_NAME": "publisher"},
    )
    worker = work(start, env, "one", "prefork", "-c", "2", "--max-tasks-per-child", "2")
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total", status="success") == 6, 40)
    assert store.wait_for(lambda: counts(receiver) and lengths(receiver) == {"celery": 0}, 20)
    end(worker)  # type: ignore[arg-type]
    assert [(kind, n) for (kind, _), n in counts(receiver).items()] == [("prefork", 1)]
    assert store.total("labotel_faults_total") == 0


def test_workers_add_up_by_their_pools(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """Idle ones too: two of threads and one that has no pool are three."""
    started = [
        work(start, env, "one", "threads"),
        work(start, env, "two", "threads"),
        work(start, env, "three", "solo"),
    ]
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_worker_count") == 3, 40)
    for worker in started:
        end(worker)  # type: ignore[arg-type]
    kinds = sorted((kind, n) for (kind, _), n in counts(receiver).items())
    assert kinds == [("solo", 1), ("threads", 1), ("threads", 1)]
