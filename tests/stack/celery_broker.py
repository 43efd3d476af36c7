"""Celery on a real broker: an application in a folder, its workers, and what arrives of them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labotel.viewer.receiver import Receiver
from running import clean_environment, end, python

APP = """
import os, time
from pathlib import Path
from celery import Celery
from kombu import Exchange, Queue
import labotel

labotel.configure()
app = Celery("busy", broker=os.environ["BROKER"])
app.conf.update(
    task_ignore_result=True, worker_prefetch_multiplier=2, broker_connection_retry_on_startup=True,
    broker_transport_options={}, task_default_queue="first",
)
here = Path(__file__).parent

@app.task(acks_late=True)
def gated(number):
    (here / f"began-{number}").touch()
    while not (here / "open").exists():
        time.sleep(0.05)

@app.task(soft_time_limit=None)
def quick(number): pass

@app.task(acks_late=True, reject_on_worker_lost=True)
def dying(number):
    import signal
    if (here / "died").exists():
        return
    (here / "died").touch()
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)

@app.task
def slow():
    time.sleep(60)

exec(os.environ.get("MORE", ""))
"""


@dataclass
class Application:
    """The application, what it is started with, and where it sends."""

    folder: Path
    env: dict[str, str]
    receiver: Receiver

    def publish(self, body: str) -> None:
        """Publish from a process of its own, another service."""
        script = f"from busy import *\n{body}\nlabotel.shutdown()"
        python(script, self.env | {"OTEL_SERVICE_NAME": "publisher"})

    @contextmanager
    def worker(self, *options: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Run a worker of two children."""
        with (self.folder / "worker.log").open("ab") as log:
            running = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "busy", "worker", "--concurrency", "2",
                 *options], env=self.env, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            yield running
            end(running)
        finally:
            (self.folder / "open").touch()
            if running.poll() is None:
                end(running)

    def read(self, name: str) -> dict[tuple[str, ...], float]:
        """What stands at the receiver of a gauge, by its labels' values."""
        points = [p for p in self.receiver.points if p.name == name]
        return {tuple(map(str, p.attributes.values())): p.value or 0 for p in points}

    def stands(self, name: str, expected: dict[tuple[str, ...], float], within: float = 40) -> None:
        """Wait until a gauge stands like this."""
        found = self.receiver.store.wait_for(lambda: self.read(name) == expected, within)
        assert found, (name, self.read(name), expected)

    def counts(self, wanted: Callable[[], bool]) -> None:
        """Wait until it is so."""
        assert self.receiver.store.wait_for(wanted, 60)


def application(folder: Path, receiver: Receiver, broker: str, more: str = "") -> Application:
    """Make one in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "busy.py").write_text(APP)
    env = clean_environment() | {
        "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parents[1])]),
        "BROKER": broker,
        "MORE": more,
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_SERVICE_NAME": "busy",
        "OTEL_METRIC_EXPORT_INTERVAL": "500",
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "OTEL_BLRP_SCHEDULE_DELAY": "200",
        "LABOTEL_RUNTIME_DIR": str(folder / "runtime"),
        "LABOTEL_PSEUDONYM_KEY": "tests",
    }
    return Application(folder, env, receiver)
