"""Runs that end before their task does: time limits, and children that are gone."""

import sys
from pathlib import Path

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, python

APP = "project.celeryapp"


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


def work(start: Start, env: dict[str, str], pool: str = "prefork", children: int = 1) -> object:
    """Start a worker."""
    return start(
        sys.executable, "-m", "celery", "-A", APP, "worker", "--pool", pool,
        "--without-gossip", "--without-mingle", "--concurrency", str(children), env=env,
    )  # fmt: skip


def statuses(receiver: Receiver) -> dict[str, float]:
    """How many runs ended how."""
    names = ("success", "failure", "retry", "revoked", "timeout")
    found = {name: receiver.store.total("celery_tasks_total", status=name) for name in names}
    return {name: number for name, number in found.items() if number}


def published(receiver: Receiver, task: str) -> set[str]:
    """The traces in which a task was published."""
    name = f"apply_async/{APP}.{task}"
    return {span.trace_id for span in receiver.spans if span.name == name}


@pytest.mark.parametrize(
    ("options", "kinds", "ended"),
    [
        ("soft_time_limit=1", {"soft": 1, "hard": 0}, {"timeout": 1}),
        ("time_limit=1", {"soft": 0, "hard": 1}, {"timeout": 1}),
        (
            "kwargs={'patient': True}, soft_time_limit=1, time_limit=2",
            {"soft": 1, "hard": 1},
            {"timeout": 1},
        ),
        (
            "kwargs={'seconds': 2, 'patient': True}, soft_time_limit=1",
            {"soft": 1, "hard": 0},
            {"success": 1},
        ),
    ],
    ids=["soft", "hard", "soft, then hard", "soft, and the task goes on"],
)
def test_a_time_limit_is_one_run_that_timed_out(
    receiver: Receiver, env: dict[str, str], start: Start, options: str, kinds: dict[str, float],
    ended: dict[str, float],
) -> None:  # fmt: skip
    """Each limit that was reached is counted; a task that goes on after its soft one succeeds.

    Then the worker runs the next task as ever.
    """
    publish(env, f"celeryapp.slow_task.apply_async({options}); celeryapp.order_task.delay(1)")
    worker = work(start, env)
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total") == 2, 60)
    end(worker)  # type: ignore[arg-type]
    slow = {
        kind: store.total("celery_time_limits_total", task_name=f"{APP}.slow_task", kind=kind)
        for kind in kinds
    }
    assert slow == kinds
    expected = dict(ended)
    expected["success"] = expected.get("success", 0) + 1
    assert statuses(receiver) == expected
    assert store.total("celery_task_duration_seconds") == 2
    lines = [r for r in receiver.logs if "time limit" in str(r.body)]
    assert {r.trace_id for r in lines} == published(receiver, "slow_task")
    assert len(lines) == sum(kinds.values())
    assert store.total("celery_children_lost_total") == 0
    assert store.total("labotel_faults_total") == 0


def test_a_hard_limit_of_a_greenlet_is_one_run_that_timed_out(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """No child is killed: the greenlet gets an exception of gevent's."""
    publish(env, "celeryapp.slow_task.apply_async(time_limit=1)")
    worker = work(start, env, "gevent")
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total") == 1, 60)
    end(worker)  # type: ignore[arg-type]
    assert statuses(receiver) == {"timeout": 1}
    assert store.total("celery_time_limits_total", kind="hard") == 1
    assert store.total("celery_task_duration_seconds") == 1
    assert store.total("labotel_faults_total") == 0


ENDS = {
    "SIGKILL": "SIGKILL", "SIGSEGV": "SIGSEGV", "SIGTERM": "SIGTERM", "exit": "exit",
    "_exit": "exit", "SIGFPE": "other",
}  # fmt: skip
"""How a child ends, and what it is counted as."""


def test_a_child_that_is_gone_is_one_run_that_failed(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """Counted by what ended it, and said as an error in the trace of its task."""
    publish(env, f"for how in {list(ENDS)}: celeryapp.dying_for_good_task.delay(how)")
    worker = work(start, env, children=2)
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_children_lost_total") == len(ENDS), 90)
    publish(env, "celeryapp.order_task.delay(1)")
    assert store.wait_for(lambda: store.total("celery_tasks_total", status="success") == 1, 60)
    end(worker)  # type: ignore[arg-type]
    for cause in set(ENDS.values()):
        expected = list(ENDS.values()).count(cause)
        assert store.total("celery_children_lost_total", cause=cause) == expected, cause
    assert statuses(receiver) == {"failure": len(ENDS), "success": 1}
    said = [r for r in receiver.logs if r.event_name == "celery.child.lost"]
    assert {r.severity_text for r in said} == {"ERROR"}
    assert {r.attributes["task_name"] for r in said} == {f"{APP}.dying_for_good_task"}
    assert {r.trace_id for r in said} == published(receiver, "dying_for_good_task")
    assert len(said) == len(ENDS)
    assert store.total("labotel_faults_total") == 0


def test_a_lost_run_that_is_redelivered_is_two_runs(
    receiver: Receiver, env: dict[str, str], start: Start
) -> None:
    """With acks_late and reject_on_worker_lost: one failed, and one, later, succeeded."""
    publish(env, "celeryapp.dying_task.delay(1, 'SIGKILL')")
    worker = work(start, env)
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total", status="success") == 1, 60)
    end(worker)  # type: ignore[arg-type]
    assert statuses(receiver) == {"failure": 1, "success": 1}
    assert store.total("celery_children_lost_total", cause="SIGKILL") == 1
    assert store.total("labotel_faults_total") == 0
