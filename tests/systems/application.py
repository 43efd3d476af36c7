"""An application of `examples/`, run as its people run it: its commands, its web, its workers."""

import re
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from driver.processes import Child, tied
from running import clean_environment
from systems.pipeline import TOKEN, Pipeline

EXAMPLES = Path(__file__).parents[2] / "examples"
_FIELD = re.compile(r"""name=["']csrfmiddlewaretoken["'] value=["']([^"']+)""")


class Person:
    """Somebody with a browser: cookies, and the token of the form that a page showed."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._session = requests.Session()
        self._token = ""

    def get(self, path: str, **more: Any) -> requests.Response:
        """Open a page."""
        return self._read(self._session.get(self.address + path, timeout=30, **more))

    def post(self, path: str, /, files: Any = None, **fields: Any) -> requests.Response:
        """Send a form."""
        said = {**fields, "csrfmiddlewaretoken": self._token}
        answer = self._session.post(self.address + path, data=said, files=files, timeout=30)
        return self._read(answer)

    def send(self, path: str, said: Any = None) -> requests.Response:
        """Send JSON, as a script does that has signed in."""
        headers = {"X-CSRFToken": self._session.cookies.get("csrftoken", "")}
        return self._session.post(self.address + path, json=said, headers=headers, timeout=30)

    def sign_in(self, path: str, name: str, password: str) -> requests.Response:
        """Go through a log-in form."""
        self.get(path)
        return self.post(path, username=name, password=password)

    def _read(self, answer: requests.Response) -> requests.Response:
        found = _FIELD.search(answer.text) if "html" in answer.headers["Content-Type"] else None
        self._token = found[1] if found else self._token
        return answer


@dataclass
class Application:
    """The processes of one application, ended together; each is a service of its own name."""

    name: str
    work: Path
    pipeline: Pipeline
    environment: dict[str, str] = field(default_factory=dict)
    """What it is told besides."""
    address: str = ""
    _running: list[Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.work.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def folder(self) -> Path:
        """Where it lives."""
        return EXAMPLES / self.name

    @property
    def told(self) -> dict[str, str]:
        """The environment of its processes."""
        return clean_environment() | {
            f"{self.name.upper()}_WORK": str(self.work),
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.pipeline.endpoint,
            "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer {TOKEN}",
            "OTEL_RESOURCE_ATTRIBUTES": (
                f"service.namespace={self.name},deployment.environment.name=tests,"
                "service.version=1.0"
            ),
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
            "OTEL_BSP_SCHEDULE_DELAY": "500",
            "OTEL_BLRP_SCHEDULE_DELAY": "500",
            "LABOTEL_RUNTIME_DIR": str(self.work / "runtime"),
            "LABOTEL_PSEUDONYM_KEY": "tests",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(self.folder),
            "NO_PROXY": "127.0.0.1",
            **self.environment,
        }

    def start(
        self, service: str, *arguments: str, keep: Sequence[int] = (), **environment: str
    ) -> Child:
        """Start `python arguments` in the application's folder."""
        log = self.work / f"{service}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*tied(), sys.executable, *arguments],
                cwd=self.folder,
                env={**self.told, "OTEL_SERVICE_NAME": service, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=keep,
                start_new_session=True,
            )
        child = Child(service, process, log)
        self._running.append(child)
        return child

    def manage(self, command: str, *arguments: str, **environment: str) -> str:
        """Run one of its commands to its end, and return what that printed."""
        done = self.run("manage.py", command, *arguments, **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run `python arguments` in its folder, however that ends."""
        told = {**self.told, "OTEL_SERVICE_NAME": f"{self.name}-commands", **environment}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder, env=told, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def start_web(self, wsgi: str = "", workers: int = 2) -> Child:
        """Start gunicorn on a free port, and wait until it answers; `address` is its address."""
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            # gunicorn takes the bound socket over, so nobody else can take the port in between.
            port = int(self.address.rpartition(":")[2] or 0)
            door.bind(("127.0.0.1", port))
            port = door.getsockname()[1]
            web = self.start(
                f"{self.name}-web", "-m", "gunicorn", wsgi or f"{self.name}.wsgi:application",
                f"--bind=fd://{door.fileno()}", f"--workers={workers}", "--no-control-socket",
                keep=(door.fileno(),),
            )  # fmt: skip
        web.wait_until(lambda: _answers(port))
        self.address = f"http://127.0.0.1:{port}"
        return web

    def start_worker(self, app: str = "", *more: str, processes: int = 2) -> Child:
        """Start a Celery worker, and wait until it takes tasks."""
        quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=INFO")
        worker = self.start(
            f"{self.name}-worker", "-m", "celery", "-A", app or self.name, "worker",
            f"--concurrency={processes}", *quiet, *more,
        )  # fmt: skip
        worker.wait_until(lambda: b"ready." in worker.log.read_bytes())
        return worker

    def person(self) -> Person:
        """Somebody who comes in."""
        return Person(self.address)

    def stop(self) -> None:
        """End what runs, all at once: each takes its time to send what is left."""
        for child in reversed(self._running):
            child.ask_to_stop()
        while self._running:
            self._running.pop().stop()


def _answers(port: int) -> bool:
    """Tell whether somebody is at the door: no request, which would be counted."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except ConnectionRefusedError:
        return False
