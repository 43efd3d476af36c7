"""What a real beat sent, late or not at all: its own, an embedded one, and one that was down."""

import os
import shelve
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, python

TIMETABLE = """
from datetime import timedelta
from celery.schedules import crontab
from project.celeryapp import app, telemetry

app.conf.result_backend = None
app.conf.timezone = "UTC"
app.conf.beat_schedule = {
    "often": {"task": "project.celeryapp.order_task", "schedule": 1.0, "args": (1,)},
    "hourly": {
        "task": "project.celeryapp.order_task", "schedule": timedelta(hours=1), "args": (2,),
    },
}
"""


@pytest.fixture
def env(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The environment with a broker in a folder, and a timetable."""
    for folder in ("broker", "broker/control"):
        (tmp_path / folder).mkdir()
    (tmp_path / "timetable.py").write_text(TIMETABLE)
    path = f"{environment['PYTHONPATH']}{os.pathsep}{tmp_path}"
    return environment | {"PROJECT_BROKER": str(tmp_path / "broker"), "PYTHONPATH": path}


def beat(start: Start, env: dict[str, str], tmp_path: Path) -> object:
    """Start a beat."""
    return start(
        sys.executable, "-m", "celery", "-A", "timetable", "beat", "--max-interval", "1",
        "--schedule", str(tmp_path / "schedule"), "--pidfile=", env=env,
    )  # fmt: skip


def runs(receiver: Receiver, entry: str) -> dict[str, float]:
    """How often an entry was sent, late, failed or missed."""
    found = {
        result: receiver.store.total("celery_beat_runs_total", schedule_entry=entry, result=result)
        for result in ("sent", "late", "failed", "missed")
    }
    return {result: number for result, number in found.items() if number}


def test_what_is_sent_is_as_late_as_it_was(
    receiver: Receiver, env: dict[str, str], start: Start, tmp_path: Path
) -> None:
    """An entry of each second is sent each second, and what is due in an hour is not."""
    began = time.monotonic()
    running = beat(start, env, tmp_path)
    assert receiver.store.wait_for(lambda: runs(receiver, "often").get("sent", 0) >= 3, 60)
    end(running)  # type: ignore[arg-type]
    took = time.monotonic() - began
    sent = runs(receiver, "often")["sent"]
    assert 3 <= sent <= took
    assert runs(receiver, "hourly") == {}
    [point] = [p for p in receiver.points if p.name == "celery_beat_lateness_seconds"]
    assert point.attributes == {"schedule_entry": "often"}
    assert point.count == sent
    assert 0 <= (point.min or 0) <= (point.max or 0) < took
    messages = len(list((tmp_path / "broker").glob("*.msg")))
    assert messages == sum(runs(receiver, "often").get(result, 0) for result in ("sent", "late"))
    assert receiver.store.total("labotel_faults_total") == 0


def test_a_beat_that_was_down_says_what_it_missed(
    receiver: Receiver, env: dict[str, str], start: Start, tmp_path: Path
) -> None:
    """Down for three hours and a half: due three times, sent once, late by half an hour."""
    running = beat(start, env, tmp_path)
    assert receiver.store.wait_for(lambda: runs(receiver, "often").get("sent", 0) >= 1, 60)
    end(running)  # type: ignore[arg-type]
    receiver.clear()
    with shelve.open(str(tmp_path / "schedule"), writeback=True) as kept:
        kept["entries"]["hourly"].last_run_at = datetime.now(UTC) - timedelta(hours=3.5)
    running = beat(start, env, tmp_path)
    assert receiver.store.wait_for(lambda: len(runs(receiver, "hourly")) == 2, 60)
    end(running)  # type: ignore[arg-type]
    assert runs(receiver, "hourly") == {"late": 1, "missed": 2}
    [point] = [
        p
        for p in receiver.points
        if p.name == "celery_beat_lateness_seconds" and p.attributes["schedule_entry"] == "hourly"
    ]
    assert point.count == 1
    assert point.sum == pytest.approx(1800, abs=60)
    said = [r for r in receiver.logs if r.event_name == "celery.beat.missed"]
    [hourly] = [r for r in said if r.attributes["schedule_entry"] == "hourly"]
    assert (hourly.severity_text, hourly.body) == (
        "WARN", "hourly was due 2 times more than it was sent",
    )  # fmt: skip
    assert receiver.store.total("labotel_faults_total") == 0


def test_a_run_that_no_broker_takes_failed(
    receiver: Receiver, env: dict[str, str], start: Start, tmp_path: Path
) -> None:
    """It is no run that was sent, and has no lateness."""
    (tmp_path / "broker").chmod(0o500)
    (tmp_path / "timetable.py").write_text(
        TIMETABLE + "\nimport project.whole as whole\n"
        "def full(*args, **kwargs): raise OSError('no space')\nwhole.Channel._put = full\n"
    )
    running = beat(start, env, tmp_path)
    assert receiver.store.wait_for(lambda: runs(receiver, "often").get("failed", 0) >= 1, 60)
    end(running)  # type: ignore[arg-type]
    assert not {"sent", "late"} & runs(receiver, "often").keys()
    assert receiver.store.total("celery_beat_lateness_seconds") == 0


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_a_beat_within_a_worker_says_as_much(
    receiver: Receiver, env: dict[str, str], start: Start, tmp_path: Path, pool: str
) -> None:
    """As a child, which closes its descriptors, or as a thread; its tasks run in the worker."""
    worker = start(
        sys.executable, "-m", "celery", "-A", "timetable", "worker", "--beat", "--pool", pool,
        "--concurrency", "1", "--without-gossip", "--without-mingle",
        "--schedule", str(tmp_path / "schedule"), env=env,
    )  # fmt: skip
    store = receiver.store
    assert store.wait_for(
        lambda: (
            runs(receiver, "often").get("sent", 0) >= 3
            and store.total("celery_tasks_total", status="success") >= 3
            and any(p.name == "celery_beat_last_tick_timestamp_seconds" for p in receiver.points)
        ),
        60,
    )
    end(worker)
    assert store.total("labotel_faults_total") == 0


def test_disconnecting_gives_a_scheduler_its_own_methods_back(env: dict[str, str]) -> None:
    """In a beat that was observed."""
    out = python(
        """
import labotel
from celery import beat, signals
from timetable import app
service = beat.Service(app, scheduler_cls="celery.beat:Scheduler")
before = set(vars(service.scheduler))
signals.beat_init.send(sender=service)
print(sorted(set(vars(service.scheduler)) - before))
labotel.shutdown()
print(sorted(set(vars(service.scheduler)) - before))
""",
        env,
    )
    assert out.splitlines() == ["['apply_async', 'tick']", "[]"]
