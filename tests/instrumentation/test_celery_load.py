"""What a worker has on its hands, and that no label names a host, a worker or a message."""

import re
import socket
import sys
from pathlib import Path
from uuid import uuid4

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, python

GATED = "project.celeryapp.gated_task"


@pytest.fixture
def env(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment with a broker in a folder, and one for what tasks leave."""
    for folder in ("broker", "broker/control", "done"):
        (tmp_path / folder).mkdir()
    folders = {"PROJECT_BROKER": str(tmp_path / "broker"), "PROJECT_DONE": str(tmp_path / "done")}
    return environment | folders


def publish(env: dict[str, str], body: str) -> None:
    """Publish from a process of its own, another service."""
    script = f"from project import celeryapp\n{body}\nimport labotel; labotel.shutdown()"
    python(script, env | {"OTEL_SERVICE_NAME": "publisher"})


def work(start: Start, env: dict[str, str], *options: str, pool: str = "prefork") -> object:
    """Start a worker of two slots."""
    return start(
        sys.executable, "-m", "celery", "-A", "project.celeryapp", "worker", "--pool", pool,
        "--without-gossip", "--without-mingle", "--concurrency", "2", *options, env=env,
    )  # fmt: skip


def read(receiver: Receiver, name: str) -> dict[tuple[str, ...], float]:
    """What stands at the receiver of a gauge, by its labels' values."""
    points = [p for p in receiver.points if p.name == name]
    return {tuple(map(str, p.attributes.values())): p.value or 0 for p in points}


def stands(receiver: Receiver, expected: dict[str, dict[tuple[str, ...], float]]) -> bool:
    """Tell, waiting for it, whether the gauges come to stand like this."""

    def same() -> bool:
        return all(read(receiver, name) == values for name, values in expected.items())

    return receiver.store.wait_for(same, 40)


@pytest.mark.parametrize("pool", ["prefork", "threads", "gevent"])
def test_a_worker_says_what_it_runs_what_it_took_and_its_slots(
    receiver: Receiver, env: dict[str, str], start: Start, tmp_path: Path, pool: str
) -> None:
    """Three tasks for two slots; when all are done, each series is there with 0."""
    publish(env, "for n in range(3): celeryapp.gated_task.delay(n)")
    worker = work(start, env, "--queues", "celery,other", pool=pool)
    assert stands(
        receiver,
        {
            "celery_tasks_in_progress": {(GATED,): 2},
            "celery_tasks_reserved": {("celery",): 1, ("other",): 0},
            "celery_worker_slots": {
                ("celery", "busy"): 2, ("celery", "free"): 0,
                ("other", "busy"): 0, ("other", "free"): 0,
            },
        },
    )  # fmt: skip
    (tmp_path / "done" / "open").touch()
    assert stands(
        receiver,
        {
            "celery_tasks_in_progress": {(GATED,): 0},
            "celery_tasks_reserved": {("celery",): 0, ("other",): 0},
            "celery_worker_slots": {
                ("celery", "busy"): 0, ("celery", "free"): 2,
                ("other", "busy"): 0, ("other", "free"): 2,
            },
        },
    )  # fmt: skip
    end(worker)  # type: ignore[arg-type]
    assert receiver.store.total("celery_tasks_total", status="success") == 3
    assert receiver.store.total("labotel_faults_total") == 0


ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}")


def test_no_label_names_a_host_a_worker_or_a_message(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """Whatever was published: to a queue of one client, to one worker, a task that nobody knows."""
    env |= {"PROJECT_DIRECT": "1"}
    own, host = str(uuid4()), socket.gethostname()
    publish(
        env,
        f"""
celeryapp.order_task.delay(1)
celeryapp.order_task.apply_async((2,), queue={own!r})
from celery.utils.nodenames import worker_direct
celeryapp.order_task.apply_async((3,), queue=worker_direct("one@{host}"))
celeryapp.app.send_task("unknown." + {own!r})
celeryapp.app.control.inspect(timeout=0.1).ping()
""",
    )
    worker = work(start, env, "--queues", f"celery,{own}", "-n", f"one@{host}")
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total", status="success") == 3, 60)
    assert store.wait_for(lambda: ("celery", "free") in read(receiver, "celery_worker_slots"), 20)
    end(worker)  # type: ignore[arg-type]
    points = [p for p in receiver.points if p.name.startswith("celery_")]
    values = {str(value) for p in points for value in p.attributes.values()}
    assert {p.name for p in points} >= {
        "celery_tasks_total", "celery_task_duration_seconds", "celery_task_wait_seconds",
        "celery_queue_length", "celery_worker_count", "celery_worker_slots",
        "celery_tasks_in_progress", "celery_tasks_reserved",
    }  # fmt: skip
    assert {"celery", "other", "project.celeryapp.order_task"} <= values
    assert not [value for value in values if ID.search(value) or host in value or "@" in value]
    assert store.total("celery_task_wait_seconds", queue_name="other") == 2
    assert store.total("labotel_faults_total") == 0
