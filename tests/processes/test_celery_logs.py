"""Lines that tasks log arrive, each once and in their task's trace, whoever sets logging up."""

import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from conftest import Start
from labotel.viewer.receiver import Receiver
from running import end, python

SETUPS = {
    "Celery's own": "app.conf.worker_hijack_root_logger = True",
    "the root is left alone": "app.conf.worker_hijack_root_logger = False",
    "root and prints are left alone": (
        "app.conf.worker_hijack_root_logger = False\napp.conf.worker_redirect_stdouts = False"
    ),
    "the application's own, by the signal": """
from celery.signals import setup_logging
@setup_logging.connect(weak=False)
def mine(**kwargs):
    import logging.config
    logging.config.dictConfig({
        "version": 1, "disable_existing_loggers": False,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "INFO"},
    })
""",
}
LOGGERS = ("project.tasks", "project.celeryapp", "root", "elsewhere.deep")
"""`project.celeryapp` is what `get_task_logger` made."""


@pytest.mark.parametrize("setup", SETUPS.values(), ids=SETUPS)
def test_every_line_of_a_task_arrives_once(
    receiver: Receiver, environment: dict[str, str], start: Start, tmp_path: Path, setup: str
) -> None:
    """By `logging.getLogger`, by `get_task_logger` and by the root, in children of a real pool."""
    for folder in ("broker", "broker/control"):
        (tmp_path / folder).mkdir()
    (tmp_path / "setup.py").write_text(f"from project.celeryapp import app\n{setup}\n")
    env = environment | {
        "PROJECT_BROKER": str(tmp_path / "broker"),
        "PYTHONPATH": f"{environment['PYTHONPATH']}{os.pathsep}{tmp_path}",
    }
    publish = "celeryapp.telling_task.delay(); import labotel; labotel.shutdown()"
    python(f"from project import celeryapp; {publish}", env)
    worker = start(
        sys.executable, "-m", "celery", "-A", "setup", "worker", "--pool", "prefork",
        "--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO",
        env=env,
    )  # fmt: skip
    store = receiver.store
    assert store.wait_for(lambda: store.total("celery_tasks_total", status="success") == 1, 60)
    end(worker)
    [run] = [s for s in receiver.spans if s.name == "run/project.celeryapp.telling_task"]
    said = [r for r in receiver.logs if str(r.body).startswith(("told by", "warned by"))]
    expected = {f"{what} by {name}" for what in ("told", "warned") for name in LOGGERS}
    assert Counter(str(r.body) for r in said) == dict.fromkeys(expected, 1)
    assert {r.span_id for r in said} == {run.span_id}
    assert {r.scope for r in said} == set(LOGGERS)
    assert store.total("labotel_faults_total") == 0
