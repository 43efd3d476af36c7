"""The Celery application, over kombu's filesystem transport."""

import logging
import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded
from celery.utils.log import get_task_logger

import labotel
from project import telemetry, whole

whole.use()
folder = os.environ.get("PROJECT_BROKER", "/nonexistent")
app = Celery("project", broker="filesystem://", backend=os.environ.get("PROJECT_RESULTS"))
app.conf.update(
    broker_transport_options={
        "data_folder_in": folder,
        "data_folder_out": folder,
        "control_folder": f"{folder}/control",
        "polling_interval": 0.05,
    },
    task_ignore_result=True,
    worker_send_task_events=False,
    result_chord_retry_interval=0.2,
    worker_direct=bool(os.environ.get("PROJECT_DIRECT")),
)
labotel.configure(catalogs=[telemetry.catalog])
logger = logging.getLogger("project.tasks")
task_logger = get_task_logger(__name__)


@app.task
def order_task(number: int) -> None:
    """Order, with one log line."""
    logger.info("working on %s", number)
    labotel.emit(telemetry.Ordered(size="large", order_id=number))
    tell_done(number)


def tell_done(number: int) -> None:
    """Leave a file for a task, so that a test knows without any of labotel's signals."""
    done = os.environ.get("PROJECT_DONE")
    if done:
        Path(done, str(number)).touch()


@app.task
def waiting_task() -> None:
    """Order, then wait until somebody has had enough."""
    labotel.emit(telemetry.Ordered(size="large", order_id=0))
    tell_done(0)
    time.sleep(120)


@app.task(bind=True, max_retries=1)
def flaky_task(self, number: int) -> None:  # type: ignore[no-untyped-def]
    """Fail once, then succeed."""
    if self.request.retries == 0:
        raise self.retry(countdown=0.1, exc=RuntimeError("come back"))


@app.task
def failing_task() -> None:
    """Fail."""
    raise ValueError("broken: someone@example.org")


@app.task(ignore_result=False)
def step_task(number: int, more: int = 0) -> int:
    """Log one line, and hand a number on."""
    logger.info("step %s", number)
    return number + more


@app.task(ignore_result=False)
def gather_task(numbers: list[int]) -> int:
    """Log what came together."""
    logger.info("gathered %s", sum(numbers))
    return sum(numbers)


@app.task
def spread_task(number: int) -> None:
    """Publish another task, and log a line in a thread of a pool."""
    step_task.delay(number)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(logger.info, "spread %s", number).result()


@app.task
def slow_task(seconds: float = 120, patient: bool = False) -> None:
    """Wait; where it is patient, let nobody's soft limit end it."""
    until = time.monotonic() + seconds
    tell_done(0)
    while time.monotonic() < until:
        try:
            time.sleep(0.1)
        except SoftTimeLimitExceeded:
            logger.info("soft limit")
            if not patient:
                raise


@app.task
def telling_task() -> None:
    """Say something by each kind of logger, and at each level that is shown by default."""
    for told in (logger, task_logger, logging.getLogger(), logging.getLogger("elsewhere.deep")):
        told.info("told by %s", told.name)
        told.warning("warned by %s", told.name)


@app.task
def gated_task(number: int) -> None:
    """Wait until somebody opens."""
    tell_done(number)
    while not Path(os.environ["PROJECT_DONE"], "open").exists():
        time.sleep(0.05)


@app.task(acks_late=True, reject_on_worker_lost=True)
def dying_task(number: int, how: str) -> None:
    """End this process, whatever it takes; a second time, do not."""
    logger.info("run %s", number)
    again = Path(os.environ["PROJECT_DONE"], f"died-{number}")
    if again.exists():
        return
    again.touch()
    die(how)


@app.task
def dying_for_good_task(how: str) -> None:
    """End this process; the task is acknowledged, so nobody runs it again."""
    die(how)


def die(how: str) -> None:
    """By a signal, or by an exit that the interpreter knows of, or does not."""
    if how == "exit":
        sys.exit(3)
    if how == "_exit":
        os._exit(3)
    os.kill(os.getpid(), getattr(signal, how))
    time.sleep(60)
