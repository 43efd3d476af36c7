"""Celery on a real RabbitMQ: classic and quorum queues, topics, and a broker that goes away."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver

from . import debian
from .celery_broker import application
from .servers import Server


@pytest.fixture(scope="module")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One RabbitMQ for all tests here."""
    folder = tmp_path_factory.mktemp("rabbitmq")
    names = debian.epmd(folder)
    names.start()
    server = debian.rabbitmq(folder / "node", names)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        names.stop()


def address(rabbitmq: Server) -> str:
    """Its only virtual host, by the user that it lets in from loopback."""
    return f"amqp://guest:guest@127.0.0.1:{rabbitmq.ports[0]}//"


def test_classic_and_quorum_queues_have_their_lengths(
    receiver: Receiver, rabbitmq: Server, tmp_path: Path
) -> None:
    """What waits in each, when nobody consumes it; and what a worker has of one that it does."""
    more = """
app.conf.task_queues = [
    Queue("classic"), Queue("quorum", queue_arguments={"x-queue-type": "quorum"}), Queue("never"),
]
app.conf.task_default_queue = "classic"
"""
    app = application(tmp_path / "app", receiver, address(rabbitmq), more)
    app.publish(
        "for n in range(3): quick.apply_async((n,), queue='quorum')\n"
        "for n in range(6): gated.apply_async((n,), queue='classic')"
    )
    with app.worker("--queues", "classic"):
        app.stands("celery_tasks_in_progress", {("busy.gated",): 2})
        # Two for each child are taken, two wait; the number of a quorum queue comes late.
        app.stands("celery_queue_length", {("classic",): 2, ("quorum",): 3, ("never",): 0})
        app.stands("celery_tasks_reserved", {("classic",): 2})
        app.stands("celery_worker_slots", {("classic", "busy"): 2, ("classic", "free"): 0})
        (app.folder / "open").touch()
        app.stands("celery_queue_length", {("classic",): 0, ("quorum",): 3, ("never",): 0})
    assert app.read("celery_unacked_messages") == {}
    store = receiver.store
    assert store.total("celery_task_wait_seconds", queue_name="classic") == 6
    assert store.total("labotel_faults_total") == 0


def test_a_topics_messages_are_of_the_queue_that_it_leads_to(
    receiver: Receiver, rabbitmq: Server, tmp_path: Path
) -> None:
    """Not of their routing keys, which are as many as orders; replies and control are no queues."""
    more = """
app.conf.task_queues = [
    Queue("orders", Exchange("shop", "topic"), routing_key="orders.#"),
    Queue("one-of-many", Exchange("shop", "topic"), routing_key="none"),
]
app.conf.task_default_queue = "orders"
app.conf.update(worker_direct=True, result_backend="rpc://", task_ignore_result=False)
"""
    app = application(tmp_path / "app", receiver, address(rabbitmq), more)
    app.publish(
        "from uuid import uuid4\n"
        "for _ in range(5):\n"
        "    quick.apply_async((1,), exchange='shop', routing_key=f'orders.{uuid4()}')\n"
        "app.control.inspect(timeout=0.2).ping()"
    )
    # Before anybody consumes there is no queue that keeps them: they are published again.
    store = receiver.store
    with app.worker("--queues", "orders"):
        app.counts(lambda: store.total("celery_worker_count") == 1)
        app.publish(
            "for n in range(5):\n"
            "    quick.apply_async((1,), exchange='shop', routing_key=f'orders.{n}.new').get()"
        )
        app.counts(lambda: store.total("celery_tasks_total", status="success") >= 5)
        app.stands("celery_worker_slots", {("orders", "busy"): 0, ("orders", "free"): 2})
    points = [p for p in receiver.points if p.name.startswith("celery_")]
    queues = {str(p.attributes["queue_name"]) for p in points if "queue_name" in p.attributes}
    assert queues == {"orders", "one-of-many"}
    assert store.total("labotel_faults_total") == 0


def test_a_lost_child_is_redelivered(receiver: Receiver, rabbitmq: Server, tmp_path: Path) -> None:
    """One failed run and one that succeeded."""
    more = 'app.conf.task_default_queue = "lossy"'
    app = application(tmp_path / "app", receiver, address(rabbitmq), more)
    app.publish("dying.delay(1)")
    store = receiver.store
    with app.worker():
        app.counts(lambda: store.total("celery_tasks_total", status="success") == 1)
    assert store.total("celery_tasks_total", status="failure") == 1
    assert store.total("celery_children_lost_total", cause="SIGKILL") == 1
    assert store.total("labotel_faults_total") == 0


def test_a_rabbitmq_that_stops_costs_its_metrics_and_is_counted(
    receiver: Receiver, rabbitmq: Server, tmp_path: Path
) -> None:
    """The worker says the rest; when it is there again, so are its queues."""
    more = 'app.conf.task_default_queue = "steady"'
    app = application(tmp_path / "app", receiver, address(rabbitmq), more)
    store = receiver.store
    with app.worker():
        app.stands("celery_queue_length", {("steady",): 0})
        # It reads gauges before it is ready, and without a broker it would never be.
        app.counts(lambda: store.total("celery_worker_count") == 1)
        rabbitmq.stop()
        app.counts(lambda: store.total("labotel_faults_total", where="queue_length") >= 1)
        assert store.total("celery_worker_count") == 1
        rabbitmq.start()
        app.publish("quick.delay(1)")
        app.counts(lambda: store.total("celery_tasks_total", status="success") == 1)
