"""The projects that the compose files make, and what is known of the images in them."""

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines.recipes import engines

from .backends import COMPOSE
from .compose import project

ROOT = COMPOSE.parent
FILES = {
    "base": ["compose.yaml"],
    "nginx": ["compose.yaml", "compose.nginx.yaml"],
    "laboratory": ["compose.yaml", "compose.nginx.yaml", "compose.lab.yaml"],
    "production": ["compose.yaml", "compose.nginx.yaml", "compose.production.yaml"],
    "all": [
        "compose.yaml", "compose.nginx.yaml", "compose.lab.yaml", "compose.production.yaml",
        "compose.collector.yaml",
    ],
}  # fmt: skip
"""Each by the files that the documentation lays over each other."""
PRODUCTION = {"PUBLIC_URL": "https://lab.example.org", "TLS_FOLDER": "/etc/tls"}


@dataclass(frozen=True)
class Image:
    """What the documentation of an image says: its program, ports and what it knows of itself."""

    programs: tuple[str, ...] = ()
    """Paths in it that a command names."""
    variables: str = "(?!)"
    """Which of its environment it reads, beside what its mounted files name."""
    shell: bool = True


IMAGES = {
    "otel/opentelemetry-collector-contrib": Image(
        ("/otelcol-contrib",), "GOMEMLIMIT|TZ|ZONEINFO", False
    ),
    "labotel-collector": Image(("/dev/null",), "GOMEMLIMIT|TZ|ZONEINFO"),
    "prom/prometheus": Image(("/bin/promtool",)),
    "prom/alertmanager": Image(("/bin/sh", "/dev/null")),
    "grafana/loki": Image(("/usr/bin/loki",), "GOMEMLIMIT", False),
    "grafana/tempo": Image(("/tempo",), "GOMEMLIMIT", False),
    "grafana/grafana": Image(("/dev/null",), "GF_[A-Z_]+"),
    "busybox": Image(("/bin/sh", "/dev/null", "/tmp/looked")),
    "nginx": Image(("/dev/null", "/etc/nginx/conf.d/passwords", "/tmp/looked"), "TZ"),
    "postgres": Image((), "POSTGRES_(DB|USER|PASSWORD)"),
    "redis": Image((), "REDISCLI_AUTH"),
    "labotel-lab": Image((), "OTEL_[A-Z_]+|LABOTEL_[A-Z_]+|LAB_[A-Z_]+"),
}
LISTENS = {
    "collector": {4317, 4318, 13133}, "agent": {13133}, "prometheus": {9090}, "loki": {3100},
    "tempo": {3200, 4328}, "grafana": {3000}, "alertmanager": {9093},
    "nginx": {80, 443, 4318, 8081}, "web": {8000}, "postgres": {5432}, "redis": {6379},
}  # fmt: skip
"""Where each is reached by the others; test_compose_runs.py and the files themselves prove it."""


def secrets(folder: Path) -> Path:
    """Return an .env that `compose/init` made."""
    for name in ("init", "env.example", "secrets.sh"):
        (folder / name).write_bytes((COMPOSE / name).read_bytes())
    subprocess.run(["sh", str(folder / "init")], check=True, capture_output=True)
    return folder / ".env"


def made(which: str, env_file: Path, **env: str) -> dict[str, Any]:
    """Return one of the projects, with secrets."""
    files = [COMPOSE / name for name in FILES[which]]
    return project(*files, env={**PRODUCTION, **env}, env_file=env_file, profiles=["archive"])


def image(service: dict[str, Any]) -> tuple[str, str]:
    """Return name and tag of a service's image."""
    name, _, tag = service["image"].partition(":")
    return name, tag


def mounts(service: dict[str, Any]) -> dict[str, Any]:
    """Return what is mounted, by where."""
    return {one["target"]: one for one in service.get("volumes") or ()}


def words(service: dict[str, Any]) -> list[str]:
    """Return all that a service is told: entrypoint, command, environment, health check."""
    told = [*(service.get("entrypoint") or ()), *(service.get("command") or ())]
    told += [str(value) for value in (service.get("environment") or {}).values()]
    return [*told, *((service.get("healthcheck") or {}).get("test") or ())]


def mounted_text(service: dict[str, Any]) -> str:
    """Return the text of all files of ours that are mounted into a service."""
    sources = (Path(one["source"]) for one in mounts(service).values() if one["type"] == "bind")
    ours = [path for path in sources if path.is_relative_to(ROOT)]
    files = [file for path in ours for file in ([path] if path.is_file() else path.rglob("*"))]
    return "\n".join(file.read_text() for file in files if file.is_file())


def versions() -> dict[str, str]:
    """Return the version of each engine, as it is built and tested."""
    return {engine.name: engine.version for engine in engines()}


def addresses(service: dict[str, Any]) -> set[tuple[str, int]]:
    """Return the services and ports that one is told of, by their names."""
    found: set[tuple[str, int]] = set()
    for word in words(service):
        for host, port in re.findall(r"(?:^|[/@,])([a-z][a-z.-]*):(\d{2,5})(?=$|[/?,])", word):
            found.add((host, int(port)))
    return found
