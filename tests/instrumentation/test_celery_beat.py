"""A beat says when it last looked at its schedule."""

import os
import sys
import time
from pathlib import Path

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end

OWN = """
from celery.beat import Scheduler
class Own(Scheduler):
    "As RedBeat's: its tick is its own."
    def tick(self):
        return 0.2
"""


@pytest.mark.parametrize("scheduler", ["celery.beat:PersistentScheduler", "own:Own"])
def test_a_beat_says_when_it_last_looked(
    scheduler: str, receiver: Receiver, environment: dict[str, str], start: Start, tmp_path: Path
) -> None:
    """Again and again, and no more when it ended."""
    (tmp_path / "control").mkdir()
    (tmp_path / "own.py").write_text(OWN)
    began = time.time()
    beat = start(
        sys.executable, "-m", "celery", "-A", "project.celeryapp", "beat", "--max-interval", "1",
        "--schedule", str(tmp_path / "schedule"), "--pidfile=", "--scheduler", scheduler,
        env=environment
        | {"PROJECT_BROKER": str(tmp_path),
           "PYTHONPATH": f"{environment['PYTHONPATH']}{os.pathsep}{tmp_path}"},
    )  # fmt: skip

    def ticks() -> set[float]:
        name = "celery_beat_last_tick_timestamp_seconds"
        return {float(p.value or 0) for p in receiver.points if p.name == name}

    assert receiver.store.wait_for(lambda: bool(ticks()), 60)
    first = max(ticks())
    assert receiver.store.wait_for(lambda: max(ticks()) > first, 60)
    end(beat)
    assert began < first < max(ticks()) < time.time()
    assert receiver.store.total("labotel_faults_total") == 0
