"""The laboratory's processes: started with a log file each, and ended by their own ids."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

PROJECT = Path(__file__).resolve().parent.parent
STOP_WITHIN = 15.0
START_WITHIN = 30.0


class DidNotStart(Exception):
    """A process that did not come up; the message ends with the tail of its log."""


@dataclass(frozen=True)
class Child:
    """One running process and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """Ask the process to end, and end its whole group where it does not within the time."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            # The child leads a session of its own: the group holds its workers and nobody else.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait until the process is ready; raise DidNotStart where it ends or takes too long."""
        end = time.monotonic() + START_WITHIN
        while not ready():
            if self.process.poll() is not None:
                raise self.failure(f"ended with code {self.process.returncode}")
            if time.monotonic() > end:
                raise self.failure(f"was not ready within {START_WITHIN:.0f} s")
            time.sleep(0.1)

    def failure(self, what: str) -> DidNotStart:
        """Return the error that says what went wrong and shows the log's end."""
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        shown = "\n".join(f"    {line}" for line in lines) or "    (empty)"
        return DidNotStart(f"{self.name} {what}; the end of {self.log}:\n{shown}")


class Children:
    """All processes of one run, ended together in the reverse order however the run ends."""

    def __init__(self, work: Path, environment: Mapping[str, str]) -> None:
        self._work = work
        self._environment = environment
        self._running: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(
        self, name: str, *arguments: str, keep: Sequence[int] = (), **environment: str
    ) -> Child:
        """Start `python -m arguments` in the project; `keep` are descriptors that it inherits."""
        log = self._work / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=PROJECT,
                env={**self._environment, "OTEL_SERVICE_NAME": name, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=keep,
                # Ctrl-C goes to the terminal's group: the children are told to end by us alone.
                start_new_session=True,
            )
        child = Child(name, process, log)
        self._running.append(child)
        return child

    def stop(self) -> None:
        """End the processes that run, the last one started first."""
        while self._running:
            self._running[-1].stop()
            self._running.pop()


def migrate(children: Children) -> None:
    """Make the database, unobserved: its spans would stand between those of people's work."""
    child = children.start("lab-migrate", "django", "migrate", OTEL_SDK_DISABLED="true")
    if child.process.wait(START_WITHIN) != 0:
        raise child.failure(f"ended with code {child.process.returncode}")


def start_worker(children: Children) -> Child:
    """Start the Celery worker with two processes, and wait until it takes tasks."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    worker = children.start(
        "lab-worker", "celery", "-A", "lab", "worker", "-c", "2", "--loglevel", "INFO", *quiet
    )
    worker.wait_until(lambda: b"ready." in worker.log.read_bytes())
    return worker


def start_web(children: Children) -> tuple[Child, str]:
    """Start gunicorn with two workers on a free port; return it and its address."""
    with socket.socket() as door:
        # gunicorn takes the bound socket over, so nobody else can take the port in between.
        door.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        web = children.start(
            "lab-web",
            "gunicorn",
            "lab.wsgi:application",
            f"--bind=fd://{door.fileno()}",
            "--workers=2",
            "--no-control-socket",
            keep=(door.fileno(),),
        )
    return web, address
