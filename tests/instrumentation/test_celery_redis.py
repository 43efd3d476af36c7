"""`celery_queue_length` with a real Redis, where a queue is one list for each priority."""

from collections.abc import Callable

from labotel.viewer.receiver import Receiver
from running import free_port

RunDjango = Callable[..., str]


def test_the_lists_of_all_priorities_are_one_queue(
    receiver: Receiver, run_django: RunDjango, redis: str
) -> None:
    """Three messages of priorities 0, 5 and 9 in one queue, one in another, none in a third."""
    run_django(
        f"""
        from celery import Celery
        from kombu import Queue
        app = Celery("x", broker={redis!r})
        app.conf.task_queues = [Queue("full"), Queue("other"), Queue("empty")]
        app.conf.task_default_queue = "full"

        @app.task
        def nothing(): pass

        for priority in (0, 5, 9):
            nothing.apply_async(priority=priority)
        nothing.apply_async(queue="other")
        work()
        labotel.flush(10)
        labotel.shutdown()
        """
    )
    found = {
        str(p.attributes["queue_name"]): p.value
        for p in receiver.points
        if p.name == "celery_queue_length"
    }
    assert found == {"full": 3, "other": 1, "empty": 0}
    assert receiver.store.total("labotel_faults_total") == 0


def test_a_redis_that_is_gone_costs_the_metric_alone(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Soon; the fault is counted, and the other gauges arrive."""
    out = run_django(
        f"""
        from celery import Celery
        app = Celery("x", broker="redis://127.0.0.1:{free_port()}/0")
        work()
        began = time.monotonic()
        labotel.flush(10)
        print(time.monotonic() - began < 6)
        labotel.shutdown()
        """,
        LABOTEL_LEASE="folder",  # else the broker would also say who reads
    )
    assert out.strip() == "True"
    assert not [p for p in receiver.points if p.name == "celery_queue_length"]
    assert receiver.store.total("memory_usage_bytes", type="total") > 0
    assert receiver.store.total("labotel_faults_total", where="queue_length") >= 1
