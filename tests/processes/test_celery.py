"""Celery: tasks are observed and exact, even where each child of the pool runs one task."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import Start
from labotel.export.wake import wait_until
from labotel.viewer.receiver import Receiver
from outages import waiting_items
from running import end, python


@pytest.fixture
def env(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment with a broker in a folder."""
    for folder in ("broker", "broker/control"):
        (tmp_path / folder).mkdir()
    return environment | {"PROJECT_BROKER": str(tmp_path / "broker")}


def work(
    start: Start, env: dict[str, str], *options: str, pool: str = "prefork"
) -> "subprocess.Popen[bytes]":
    """Start a worker."""
    return start(
        sys.executable, "-m", "celery", "-A", "project.celeryapp", "worker", "--pool", pool,
        "--without-gossip", "--without-mingle", *options, env=env,
    )  # fmt: skip


def publish(env: dict[str, str], body: str) -> None:
    """Publish from a process of its own, another service."""
    script = f"from project import celeryapp\n{body}\nimport labotel; labotel.shutdown()"
    python(script, env | {"OTEL_SERVICE_NAME": "publisher"})


def check(receiver: Receiver, name: str, count: int) -> None:
    """So many tasks are so many counts, records, log lines and spans, each once."""
    store = receiver.store
    runs = [s for s in receiver.spans if s.name == f"run/project.celeryapp.{name}"]
    records = [r for r in receiver.logs if r.event_name == "shop.ordered"]
    lines = [r for r in receiver.logs if r.scope == "project.tasks"]
    assert sorted(int(str(r.attributes["order_id"])) for r in records) == list(range(count))
    assert sorted(str(r.body) for r in lines) == sorted(f"working on {n}" for n in range(count))
    assert len(runs) == len({s.trace_id for s in runs}) == count
    assert {r.trace_id for r in records} == {s.trace_id for s in runs}
    assert store.total("orders_total", size="large") == count
    assert store.total("celery_tasks_total", status="success") == count
    assert store.total("labotel_faults_total") == 0
    assert store.total("labotel_dropped_total") == 0


def identities(receiver: Receiver) -> set[str]:
    """The identities of the worker's processes, without the publishers'."""
    points = [p for p in receiver.points if p.name == "orders_total"]
    of_worker = [p.resource for p in points if p.resource["service.name"] == "project"]
    return {str(resource["service.instance.id"]) for resource in of_worker}


def ran(receiver: Receiver, count: int) -> bool:
    """Tell whether so many tasks have run, as far as their spans arrived."""
    return len([s for s in receiver.spans if s.name.startswith("run/")]) >= count


def test_a_hundred_tasks_in_children_of_one_task_each(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """100 children after one another, four at a time, by at most six identities."""
    publish(env, "for n in range(100): celeryapp.order_task.delay(n)")
    worker = work(start, env, "--concurrency", "4", "--max-tasks-per-child", "1")
    assert receiver.store.wait_for(lambda: ran(receiver, 100), 100)
    end(worker)
    check(receiver, "order_task", 100)
    # The worker, its four children, and one more that began as another ended.
    assert len(identities(receiver)) <= 6


@pytest.mark.parametrize(
    ("pool", "options"),
    [("threads", ("--concurrency", "4")), ("gevent", ("--concurrency", "4")), ("solo", ())],
)
def test_the_other_pools(
    receiver: Receiver, slowly: dict[str, str], start: Start, pool: str, options: tuple[str, ...],
    env: dict[str, str], tmp_path: Path,
) -> None:  # fmt: skip
    """One process, by threads, greenlets or one after the other; its end sends what waits."""
    publish(env, "for n in range(50): celeryapp.order_task.delay(n)")
    done = tmp_path / "done"
    done.mkdir()
    env = slowly | {"PROJECT_BROKER": env["PROJECT_BROKER"], "PROJECT_DONE": str(done)}
    worker = work(start, env, *options, pool=pool)
    assert wait_until(lambda: len(list(done.iterdir())) == 50, 60)
    end(worker)
    check(receiver, "order_task", 50)
    assert len(identities(receiver)) == 1


@pytest.mark.parametrize("countdown", [0, 2])
def test_how_long_a_message_waited_for_a_worker(
    receiver: Receiver, env: dict[str, str], start: Start, countdown: int
) -> None:
    """From its publishing, or from its eta: what somebody asked for is no wait."""
    began = time.time()
    publish(
        env, f"for n in range(3): celeryapp.order_task.apply_async((n,), countdown={countdown})"
    )
    published = time.time()
    time.sleep(1)
    started = time.time()
    worker = work(start, env, pool="solo")
    assert receiver.store.wait_for(lambda: ran(receiver, 3), 60)
    over = time.time()
    end(worker)
    [point] = [p for p in receiver.points if p.name == "celery_task_wait_seconds"]
    assert (point.count, point.attributes) == (3, {"queue_name": "celery"})
    assert max(0.0, started - published - countdown) <= (point.min or 0.0)
    assert (point.max or 0.0) <= over - began - countdown
    assert receiver.store.total("celery_tasks_total", status="success") == 3


@pytest.mark.parametrize("sign", ["SIGTERM", "SIGKILL"])
def test_a_task_that_is_revoked_while_it_runs(
    receiver: Receiver, env: dict[str, str], start: Start, tmp_path: Path, sign: str
) -> None:
    """By `revoke(terminate=True)`: what it said arrives, and it is one task that was revoked.

    SIGTERM, Celery's default, lets the child end in order; by SIGKILL what had waited is lost.
    """
    done = tmp_path / "done"
    done.mkdir()
    env |= {"PROJECT_DONE": str(done)}
    worker = work(start, env, "--concurrency", "1")
    publish(env, "celeryapp.waiting_task.apply_async(task_id='waits')")
    assert wait_until(lambda: any(done.iterdir()), 40)
    publish(
        env,
        f"import time\nfor n in range(3): celeryapp.app.control.revoke("
        f"'waits', terminate=True, signal={sign!r}); time.sleep(0.2)",
    )
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total", status="revoked"), 40)
    end(worker)
    assert store.total("celery_tasks_total", status="revoked") == 1
    assert store.total("celery_tasks_total") == 1
    if sign == "SIGTERM":
        assert store.total("orders_total", size="large") == 1
        assert [r.event_name for r in receiver.logs if r.event_name] == ["shop.ordered"]
        assert [s.name for s in receiver.spans if s.kind == "CONSUMER"] == [
            "run/project.celeryapp.waiting_task"
        ]


def test_a_task_is_one_trace_with_its_publisher(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """Published, run, its log line and its event: one trace, though Celery took the root logger."""
    publish(env, "celeryapp.order_task.delay(7)")
    worker = work(start, env, "--concurrency", "1", "--loglevel", "INFO")
    store = receiver.store
    assert store.wait_for(
        lambda: (
            any(s.name.startswith("run/") for s in store.spans)
            and any(r.scope == "project.tasks" for r in store.logs)
        ),
        40,
    )
    end(worker)
    publish_span = next(s for s in store.spans if s.name.startswith("apply_async/"))
    run_span = next(s for s in store.spans if s.name.startswith("run/"))
    line = next(r for r in store.logs if r.scope == "project.tasks")
    assert run_span.parent_span_id == publish_span.span_id
    assert {run_span.trace_id, line.trace_id} == {publish_span.trace_id}
    assert line.body == "working on 7"
    assert [event.name for event in run_span.events] == ["shop.ordered"]


def test_failures_and_retries_are_told_apart(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """A retry, its success and a failure are one count each; the failure's text is scrubbed."""
    publish(env, "celeryapp.flaky_task.delay(1); celeryapp.failing_task.delay()")
    worker = work(start, env, "--concurrency", "1")
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total") == 3, 40)
    end(worker)
    by_status = {
        s: store.total("celery_tasks_total", status=s) for s in ("success", "retry", "failure")
    }
    assert by_status == {"success": 1, "retry": 1, "failure": 1}
    assert store.total("celery_task_duration_seconds") == 3
    failed = next(s for s in store.spans if s.name == "run/project.celeryapp.failing_task")
    assert failed.status == "ERROR"
    assert "someone@example.org" not in repr([store.spans, store.logs, store.points])


def test_a_dead_receiver_does_not_slow_ending_children(
    env: dict[str, str], start: Start, receiver: Receiver, tmp_path: Path
) -> None:
    """Ten children of one task each end without waiting for an endpoint that is not there.

    What they said is sent when a process of the service runs with a receiver again.
    """
    dead = env | {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    publish(dead, "for n in range(10): celeryapp.order_task.delay(n)")
    worker = work(start, dead, "--concurrency", "1", "--max-tasks-per-child", "1")
    began = time.monotonic()
    while waiting_items(tmp_path / "runtime", "project-*/left-*-traces") < 10:
        assert worker.poll() is None
        assert time.monotonic() - began < 40, "the children wait for something"
        time.sleep(0.1)
    end(worker)
    order = "labotel.emit(celeryapp.telemetry.Ordered(size='small', order_id=0))"
    script = f"import labotel\nfrom project import celeryapp\n{order}\nlabotel.shutdown()"
    python(script, env)
    store = receiver.store
    assert store.total("orders_total") == 11
    assert len([r for r in store.logs if r.event_name == "shop.ordered"]) == 11
    assert len([s for s in store.spans if s.name.startswith("run/")]) == 10
