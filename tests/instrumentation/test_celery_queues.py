"""`celery_queue_length` of several apps and brokers, and of queues that only routes name."""

from collections.abc import Callable
from pathlib import Path

from labotel.viewer.receiver import Receiver
from running import free_port

RunDjango = Callable[..., str]


def lengths(receiver: Receiver) -> dict[str, float | None]:
    """What stands at the receiver, by queue."""
    return {
        str(p.attributes["queue_name"]): p.value
        for p in receiver.points
        if p.name == "celery_queue_length"
    }


def test_a_broker_that_is_down_hides_no_other_apps_queues(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """Its fault is counted; what the others say is there."""
    run_django(
        f"""
        from celery import Celery
        down = Celery("down", broker="amqp://127.0.0.1:{free_port()}")
        up = Celery("up", broker="memory://")
        up.conf.task_default_queue = "standing"
        @up.task
        def nothing(): pass
        nothing.delay()
        work()
        labotel.flush(10)
        reader = next((t for t in threading.enumerate() if t.name == "labotel-gauges"), None)
        if reader is not None:
            reader.join(20)
        labotel.flush(10)
        time.sleep(1)  # the fault is counted at the next drain
        labotel.shutdown()
        """
    )
    assert lengths(receiver) == {"standing": 1}
    assert receiver.store.total("labotel_faults_total", where="queue_length") >= 1


def test_queues_of_one_name_add_up_over_brokers_and_count_once_in_each(
    receiver: Receiver, run_django: RunDjango, tmp_path: Path
) -> None:
    """Two folders, and a second app that knows the first of them."""
    run_django(
        f"""
        import pathlib
        from celery import Celery
        def make(name):
            folder = pathlib.Path({str(tmp_path)!r}, name)
            (folder / "control").mkdir(parents=True, exist_ok=True)
            made = Celery(name, broker="filesystem://")
            made.conf.broker_transport_options = {{
                "data_folder_in": str(folder), "data_folder_out": str(folder),
                "control_folder": str(folder / "control"),
            }}
            return made
        first, second, first_again = make("one"), make("two"), make("one")
        for app, times in ((first, 2), (second, 3), (first_again, 1)):
            for _ in range(times):
                app.send_task("anything")
        work()
        labotel.flush(10)
        labotel.shutdown()
        """
    )
    assert lengths(receiver) == {"celery": 6}
    assert receiver.store.total("labotel_faults_total") == 0


def test_queues_that_routes_name_are_asked_too(receiver: Receiver, run_django: RunDjango) -> None:
    """By dictionaries, whatever their form; what a function decides is not known before."""
    run_django(
        """
        from celery import Celery
        from kombu import Queue
        app = Celery("x", broker="memory://")
        app.conf.task_routes = (
            {"a.*": {"queue": "dict"}, "b": "text", "c": {"queue": Queue("object")}, "d": {}},
            lambda *args, **kwargs: None,
        )
        for name in ("a.one", "a.two", "b"):
            app.send_task(name)
        work()
        labotel.flush(10)
        labotel.shutdown()
        """
    )
    assert lengths(receiver) == {"celery": 0, "dict": 2, "text": 1, "object": 0}
    assert receiver.store.total("labotel_faults_total") == 0
