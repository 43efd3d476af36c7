"""The log files that the Collector reads, each as its writer would write it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from . import collector_docker as docker
from .collector_sink import Line

OFFSET = "log.file.record_offset"
"""Where in its file a line stood: part of each."""


@dataclass(frozen=True)
class Source:
    """A file that one receiver reads; `line` puts a text where a writer might say it."""

    job: str
    file: Path
    line: Callable[[str], str]
    said: Callable[[Line], str]

    def write(self, *texts: str) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a") as more:
            more.write("".join(self.line(text) + "\n" for text in texts))

    def rotate(self) -> None:
        self.file.rename(f"{self.file}.1")


def sources(folder: Path) -> list[Source]:
    """A file for each receiver of files."""
    containers = folder / "containers" / docker.ID / f"{docker.ID}-json.log"
    return [
        Source("nginx-access", folder / "nginx/access.log", _access, _path),
        Source("nginx-error", folder / "nginx/error.log", _error, _path),
        Source("syslog", folder / "syslog", _syslog, _message),
        Source("docker-containers", containers, _container, _message),
    ]


@contextmanager
def environment(folder: Path) -> Iterator[dict[str, str]]:
    """What tells a Collector to read them all; some of them need not be there yet."""
    for source in sources(folder):
        source.file.parent.mkdir(parents=True, exist_ok=True)
        source.file.touch()
    with docker.daemon() as endpoint:
        yield {
            "NGINX_LOGS": str(folder / "nginx"),
            "SYSLOG_FILE": str(folder / "syslog"),
            "CONTAINERS": "1",
            "CONTAINER_LOGS": str(folder / "containers"),
            "DOCKER_ENDPOINT": endpoint,
        }


def _access(text: str) -> str:
    return json.dumps(
        {"time": "1795399138.319", "method": "GET", "path": text, "status": "200"}
        | {"request_time": "0.010", "bytes": "12", "request_id": "", "traceparent": ""}
    )


def _error(text: str) -> str:
    return (
        "2026/11/23 01:02:03 [error] 12#12: *7 connect() failed (111: Connection refused) while "
        f'connecting to upstream, client: 203.0.113.77, server: _, request: "GET {text} HTTP/1.1"'
    )


def _syslog(text: str) -> str:
    return f"2026-11-23T01:02:03.500000+01:00 web-1 su: {text}"


def _container(text: str) -> str:
    return json.dumps({"log": f"{text}\n", "stream": "stdout", "time": "2026-11-23T01:02:03.5Z"})


def _path(line: Line) -> str:
    return str(line.line.get("path"))


def _message(line: Line) -> str:
    return str(line.line["message"])
