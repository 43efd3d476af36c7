"""Celery on a real Redis: the lists of all priorities, what is unacked, and what a worker has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver

from . import debian
from .celery_broker import application
from .servers import Server


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One Redis for all tests here; each has a database of its own."""
    server = debian.redis(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


def address(redis: Server, database: int) -> str:
    """A database of it."""
    return f"redis://127.0.0.1:{redis.ports[0]}/{database}"


PRIORITIES = {
    "as it is": (1, "{}", r"first\x06\x166"),
    "steps and a separator": (2, "{'priority_steps': list(range(10)), 'sep': ':'}", "first:7"),
    "a prefix": (
        3, "{'global_keyprefix': 'shop:', 'priority_steps': [0, 5]}", r"shop:first\x06\x165",
    ),
}  # fmt: skip
"""A database, the transport's options, and one of the lists' keys, as kombu makes them."""


@pytest.mark.parametrize(("database", "options", "key"), PRIORITIES.values(), ids=PRIORITIES)
def test_the_lists_of_all_priorities_are_one_queue(
    receiver: Receiver, redis: Server, tmp_path: Path, database: int, options: str, key: str
) -> None:
    """However their keys are made; a message that a worker took is unacked until it is done."""
    more = f"""
app.conf.broker_transport_options = {options}
app.conf.task_queues = [Queue("first"), Queue("second")]
"""
    app = application(tmp_path / "app", receiver, address(redis, database), more)
    app.publish(
        f"""
for n in range(10): quick.apply_async((n,), priority=n)
import redis
assert redis.Redis.from_url({address(redis, database)!r}).llen("{key}")
"""
    )
    with app.worker("--queues", "second"):
        app.stands("celery_queue_length", {("first",): 10, ("second",): 0})
        app.publish("for n in range(4): gated.apply_async((n,), queue='second', priority=n * 3)")
        # Two for each child are taken: two run, two wait in the worker.
        app.stands("celery_tasks_in_progress", {("busy.gated",): 2})
        app.stands("celery_queue_length", {("first",): 10, ("second",): 0})
        app.stands("celery_unacked_messages", {(): 4})
        app.stands("celery_tasks_reserved", {("second",): 2})
        app.stands("celery_worker_slots", {("second", "busy"): 2, ("second", "free"): 0})
        (app.folder / "open").touch()
        app.stands("celery_unacked_messages", {(): 0})
        app.stands("celery_worker_slots", {("second", "busy"): 0, ("second", "free"): 2})
    store = receiver.store
    assert store.total("celery_tasks_total", status="success") == 4
    assert store.total("celery_task_wait_seconds", queue_name="second") == 4
    assert store.total("labotel_faults_total") == 0


def test_one_process_reads_the_broker(receiver: Receiver, redis: Server, tmp_path: Path) -> None:
    """Of three workers, and of their children: the queue's length is told once."""
    more = "app.conf.task_queues = [Queue('first'), Queue('nobody')]"
    app = application(tmp_path / "app", receiver, address(redis, 4), more)
    app.publish("for n in range(3): quick.apply_async((n,), queue='nobody')")
    queues = ("--queues", "first")
    with app.worker(*queues, "-n", "a"), app.worker(*queues, "-n", "b"), app.worker(*queues):
        app.counts(lambda: receiver.store.total("celery_worker_count") == 3)
        app.stands("celery_queue_length", {("first",): 0, ("nobody",): 3})
        readers = {
            str(p.resource["service.instance.id"])
            for p in receiver.points
            if p.name == "celery_queue_length"
        }
    assert len(readers) == 1


def test_a_lost_child_and_a_hard_limit_in_the_pool_that_goes_by_events(
    receiver: Receiver, redis: Server, tmp_path: Path
) -> None:
    """Over Redis the pool is another than over a folder; each end is counted once all the same."""
    app = application(tmp_path / "app", receiver, address(redis, 5))
    app.publish(
        "dying.delay(1); slow.apply_async(time_limit=1); slow.apply_async(soft_time_limit=1)"
    )
    store = receiver.store
    with app.worker():
        app.counts(lambda: store.total("celery_tasks_total") == 4)
    found = {
        status: store.total("celery_tasks_total", status=status)
        for status in ("success", "failure", "timeout")
    }
    assert found == {"success": 1, "failure": 1, "timeout": 2}
    assert store.total("celery_tasks_total") == 4
    assert store.total("celery_children_lost_total", cause="SIGKILL") == 1
    assert store.total("celery_children_lost_total") == 1
    assert store.total("celery_time_limits_total", kind="hard") == 1
    assert store.total("celery_time_limits_total", kind="soft") == 1
    assert store.total("labotel_faults_total") == 0


def test_a_redis_that_stops_costs_its_metrics_and_is_counted(
    receiver: Receiver, tmp_path: Path
) -> None:
    """The worker says the rest; when Redis is there again, its queues are."""
    redis = debian.redis(tmp_path / "redis")
    redis.start()
    try:
        app = application(tmp_path / "app", receiver, address(redis, 0))
        app.env["LABOTEL_LEASE"] = "folder"  # else Redis also says who reads
        store = receiver.store
        with app.worker():
            app.stands("celery_queue_length", {("first",): 0})
            # It reads gauges before it is ready, and without a broker it would never be.
            app.counts(lambda: store.total("celery_worker_count") == 1)
            redis.stop()
            app.counts(lambda: store.total("labotel_faults_total", where="queue_length") >= 1)
            assert store.total("celery_worker_count") == 1
            redis.start()
            app.publish("quick.apply_async((1,), queue='first', countdown=0)")
            app.counts(lambda: store.total("celery_tasks_total", status="success") == 1)
        log = (app.folder / "worker.log").read_text()
        assert "labotel: a fault in queue_length" in log
        assert log.count("labotel: a fault in queue_length") <= 2
    finally:
        redis.stop()
