"""Services of a compose project as processes of this machine: the same words, other doors.

What is a folder in a container is the file that is mounted there, a named volume is a folder, and
the port at which the others know a service is a free one. Nothing else is changed.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engines import binary
from running import free_port

from . import compose_projects as projects
from .http import answers
from .servers import Server

PROGRAMS = {
    "prom/prometheus": "prometheus", "grafana/loki": "loki",
    "otel/opentelemetry-collector-contrib": "labotel-collector",
}  # fmt: skip
"""Images whose entrypoint is a program of the same name."""
READY = {
    "prometheus": (9090, "/-/ready"), "alertmanager": (9093, "/-/ready"), "loki": (3100, "/ready"),
    "collector": (13133, "/"),
}  # fmt: skip


class Native:
    """One project; services are started by their names."""

    def __init__(
        self, made: dict[str, Any], folder: Path, given: Mapping[tuple[str, int], int]
    ) -> None:
        """`given`: the ports here of services that somebody else is (name, port -> port)."""
        self._services = made["services"]
        self._folder = folder
        doors = [(name, port) for name, ports in projects.LISTENS.items() for port in ports]
        self._ports = {door: given.get(door) or free_port() for door in doors}

    def address(self, name: str, port: int) -> str:
        """Where a service's port is here."""
        return f"127.0.0.1:{self._ports[name, port]}"

    def volume(self, name: str) -> Path:
        """The folder that a named volume is."""
        path = self._folder / "volumes" / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def server(self, name: str, **more: str) -> Server:
        """Return a service that can be started; `more`: environment that this machine needs."""
        port, path = READY[name]
        return Server(
            name,
            [*self._entrypoint(name), *self.command(name)],
            self._folder / name,
            [self._ports[name, port]],
            lambda: answers(f"http://{self.address(name, port)}{path}"),
            {**self.environment(name), **more},
        )

    def environment(self, name: str) -> dict[str, str]:
        """Return a service's variables, as they are here."""
        given = self._services[name].get("environment") or {}
        return {key: self._here(name, str(value)) for key, value in given.items()}

    def command(self, name: str) -> list[str]:
        """Return what a service's program is told, as it is here."""
        return [self._here(name, word) for word in self._services[name]["command"]]

    def _entrypoint(self, name: str) -> list[str]:
        service = self._services[name]
        if service.get("entrypoint"):
            return [self._here(name, word) for word in service["entrypoint"]]
        return [str(binary(PROGRAMS[projects.image(service)[0]]))]

    def _here(self, name: str, text: str) -> str:
        """Return a word with this machine's folders and doors."""
        for (other, port), here in self._ports.items():
            text = re.sub(rf"\b{other}:{port}\b", f"127.0.0.1:{here}", text)
            if other == name:
                own = rf"(0\.0\.0\.0|127\.0\.0\.1|localhost):{port}\b"
                text = re.sub(own, f"127.0.0.1:{here}", text)
        for target, one in sorted(projects.mounts(self._services[name]).items(), reverse=True):
            source = self._source(name, one)
            text = re.sub(rf"(?<![\w/]){re.escape(target)}(?![\w.-])", str(source), text)
        return text

    def _source(self, name: str, one: dict[str, Any]) -> Path:
        if one["type"] == "volume":
            return self.volume(one["source"])
        source = Path(one["source"])
        if not source.is_relative_to(projects.ROOT):
            return source
        # Files that name a neighbour name it as it is called there: a copy names it as here. They
        # stand beside each other as in the container.
        copy = self._folder / name / one["target"].lstrip("/")
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.is_file():
                shutil.copy(source, copy)
            else:
                shutil.copytree(source, copy)
            for file in [copy] if copy.is_file() else copy.rglob("*"):
                if file.is_file():
                    self._renamed(file)
        return copy

    def _renamed(self, file: Path) -> None:
        text = file.read_text()
        for (other, port), here in self._ports.items():
            text = re.sub(rf"\b{other}:{port}\b", f"127.0.0.1:{here}", text)
        file.write_text(text)

    def check(self, name: str, *more: str) -> int:
        """Run a service's health check, and return its exit code."""
        kind, *words = self._services[name]["healthcheck"]["test"]
        told = [self._here(name, word) for word in words]
        if kind == "CMD-SHELL":
            return subprocess.run(["sh", "-c", *told], check=False, timeout=30).returncode
        program = Path(told[0]).name
        known = {"promtool", "loki"}
        told[0] = str(binary(program)) if program in known else program
        return subprocess.run([*told, *more], check=False, timeout=30).returncode
