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
LAUNCH = Path(__file__).resolve().parent / "launch.py"
STOP_WITHIN = 15.0
START_WITHIN = 60.0


class DidNotStart(Exception):
    """A process that did not come up, or failed; the message ends with the tail of its log."""


@dataclass(frozen=True)
class Child:
    """One running process and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def ask_to_stop(self) -> None:
        """Ask the process to end."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Wait for the end that was asked for; end the whole group where it takes too long."""
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

    def finish(self) -> None:
        """Wait for the process's own end; raise DidNotStart where that was a failure."""
        try:
            code = self.process.wait(START_WITHIN)
        except subprocess.TimeoutExpired:
            raise self.failure(f"did not end within {START_WITHIN:.0f} s") from None
        if code != 0:
            raise self.failure(f"ended with code {code}")

    def failure(self, what: str) -> DidNotStart:
        """Return the error that says what went wrong and shows the log's end."""
        lines = self.log.read_text(errors="replace").splitlines()[-15:]
        shown = "\n".join(f"    {line}" for line in lines) or "    (empty)"
        return DidNotStart(f"{self.name} {what}; the end of {self.log}:\n{shown}")


class Children:
    """All processes of one run, ended together however the run ends.

    Each is a service of its own name; with `service` all are processes of that one.
    """

    def __init__(
        self, work: Path, environment: Mapping[str, str], service: str | None = None
    ) -> None:
        self._work = work
        self._environment = environment
        self._service = service
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
        """Start `python arguments` in the project; `keep` are descriptors that it inherits."""
        log = self._work / f"{name}.log"
        service = {"OTEL_SERVICE_NAME": self._service or name}
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*tied(), sys.executable, *arguments],
                cwd=PROJECT,
                env={**self._environment, **service, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=keep,
                # Ctrl-C goes to the terminal's group: the children are told to end by us alone,
                # or by the kernel where we were killed.
                start_new_session=True,
            )
        child = Child(name, process, log)
        self._running.append(child)
        return child

    def manage(self, command: str, *arguments: str, **environment: str) -> None:
        """Run one of the laboratory's commands to its end."""
        self.start("lab-commands", "manage.py", command, *arguments, **environment).finish()

    def named(self, name: str) -> Child:
        """Return the process of a name that was started last."""
        return next(child for child in reversed(self._running) if child.name == name)

    def stop(self) -> None:
        """End the processes that run, all at once: each takes its time to send what is left."""
        for child in reversed(self._running):
            child.ask_to_stop()
        while self._running:
            self._running[-1].stop()
            self._running.pop()


def tied() -> list[str]:
    """Return a command's beginning; its process does not outlive the thread that starts it."""
    # Isolated and without site-packages: it starts at once, and is the program itself then.
    return [sys.executable, "-I", "-S", str(LAUNCH), str(os.getpid())]


def open_laboratory(children: Children) -> None:
    """Make the database and its people, unobserved: what is shown begins with people's work."""
    children.manage("migrate", OTEL_SDK_DISABLED="true")
    children.manage("open_laboratory", OTEL_SDK_DISABLED="true")


def start_worker(children: Children, processes: int = 2, **environment: str) -> None:
    """Start the Celery worker with so many processes, and wait until it takes tasks."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO")
    command = ("-m", "celery", "-A", "lab", "worker", "-c", str(processes), *quiet)
    worker = children.start("celery-worker", *command, **environment)
    # A worker before this one has written to the same log.
    before = worker.log.stat().st_size
    worker.wait_until(lambda: b"ready." in worker.log.read_bytes()[before:])


def start_web(children: Children, workers: int = 2, host: str = "127.0.0.1", port: int = 0) -> str:
    """Start gunicorn on a free port, or on that one; return its address when it answers."""
    with socket.socket() as door:
        # A port that the server before has left a moment ago may be taken at once.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # gunicorn takes the bound socket over, so nobody else can take the port in between.
        door.bind((host, port))
        port = door.getsockname()[1]
        web = children.start(
            "django-app",
            "-m",
            "gunicorn",
            "lab.wsgi:application",
            f"--bind=fd://{door.fileno()}",
            f"--workers={workers}",
            "--no-control-socket",
            keep=(door.fileno(),),
        )
    # Bound to all addresses of the machine, it is at home on this one too.
    at = "127.0.0.1" if host in ("", "0.0.0.0") else host
    web.wait_until(lambda: _answers(at, port))
    return f"http://{at}:{port}"


def _answers(host: str, port: int) -> bool:
    """Tell whether somebody is at the door: no request, which would be counted."""
    try:
        with socket.create_connection((host, port), 1):
            return True
    except ConnectionRefusedError:
        return False
