"""Processes as containers have them: a host name and a runtime folder each, one network.

Each is a Django application that works, and supplies a gauge of the whole deployment. Who reads it,
and when, stands in a file for all.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from driver.processes import tied
from running import end

from .servers import Server

INTERVAL = 1.0
"""Seconds between two readings."""
PACE = 3
"""In intervals: when one that was refused asks again, and how long Redis keeps a lease."""
PATIENCE = 60.0
"""Seconds that a busy machine may take for what is due in a few intervals."""

APPLICATION = """
import json, os, signal, socket, sys, time
from django.conf import settings
settings.configure(USE_TZ=True, **json.loads(os.environ["APPLICATION"]))
import django, labotel
from project.telemetry import Ordered, catalog

WAITING = labotel.Gauge("samples_waiting")
read = []

@labotel.gauge(WAITING)
def waiting():
    with open(os.environ["READINGS"], "a") as file:
        file.write(f"{socket.gethostname()} {time.time()}\\n")
    read.append(1)
    return 7

labotel.configure(catalogs=[catalog, labotel.Catalog("waiting", gauges=[WAITING])])
django.setup()
if os.environ.get("BROKER"):
    from celery import Celery
    app = Celery("x", broker=os.environ["BROKER"])
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
while True:
    if len(read) == 1:  # a child that outlives whoever reads
        if os.fork() == 0:
            while not os.path.exists(os.environ["READINGS"] + ".over"):
                time.sleep(0.1)
            os._exit(0)
        read.append(1)
    labotel.emit(Ordered(size="small", order_id=1))
    time.sleep(0.2)
"""


def settings_of(server: Server) -> dict[str, Any]:
    """Return Django's settings over a server."""
    port = server.ports[0]
    if server.name == "redis":
        backend = "django.core.cache.backends.redis.RedisCache"
        return {
            "CACHES": {"default": {"BACKEND": backend, "LOCATION": f"redis://127.0.0.1:{port}"}}
        }
    engine = "django.db.backends.postgresql"
    named = {"ENGINE": engine, "NAME": "postgres", "USER": "lab"}
    return {"DATABASES": {"default": {**named, "HOST": "127.0.0.1", "PORT": port}}}


class Reading(NamedTuple):
    """One reading of the gauge."""

    host: str
    at: float


class Containers:
    """Some of them over one server; `application` holds Django's settings."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], application: Mapping[str, Any]
    ) -> None:
        self._folder = folder
        self._readings = folder / "readings"
        self._readings.touch()
        self._environment = {
            **environment,
            "APPLICATION": json.dumps(application),
            "READINGS": str(self._readings),
            "OTEL_METRIC_EXPORT_INTERVAL": str(int(INTERVAL * 1000)),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *hosts: str, **more: str) -> None:
        """Start one for each host name, with a runtime folder of its own."""
        user = [] if os.getuid() == 0 else ["--map-root-user"]
        unshare = str(shutil.which("unshare"))
        named = [unshare, *user, "--uts", "sh", "-c", 'hostname "$0" && exec "$@"']
        for host in hosts:
            folder = {"LABOTEL_RUNTIME_DIR": str(self._folder / f"runtime-{host}")}
            with (self._folder / f"{host}.log").open("ab") as output:
                self._running[host] = subprocess.Popen(
                    [*tied(), *named, host, sys.executable, "-c", APPLICATION],
                    env={**self._environment, **folder, **more},
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )

    def pid(self, host: str) -> int:
        """Return the id of a host's process."""
        return self._running[host].pid

    def end(self, host: str, sign: int = signal.SIGTERM) -> None:
        """End one as an operator does, or as the kernel does."""
        end(self._running.pop(host), sign)

    def stop(self) -> None:
        """End all that still run, and the children of those that do not."""
        Path(f"{self._readings}.over").touch()
        for host in list(self._running):
            self.end(host, signal.SIGKILL)

    def said(self, host: str) -> str:
        """Return what a host's process printed: its log."""
        return (self._folder / f"{host}.log").read_text()

    def readings(self, since: float = 0.0) -> list[Reading]:
        """Return the readings so far, or those since a moment."""
        lines = [line.split() for line in self._readings.read_text().splitlines()]
        return [r for host, at in lines if (r := Reading(host, float(at))).at >= since]

    def wait_for_readings(self, number: int, since: float = 0.0) -> list[Reading]:
        """Wait for so many readings since a moment, and return them."""
        wait_for(lambda: len(self.readings(since)) >= number, self.everything_said)
        return self.readings(since)

    def everything_said(self) -> str:
        """Return all logs and readings, to show where something did not happen."""
        logs = "\n".join(f"{p.name}: {p.read_text()}" for p in self._folder.glob("*.log"))
        return f"{logs}\n{self._readings.read_text()}"


def wait_for(happened: Callable[[], object], explain: Callable[[], str] = str) -> None:
    """Wait until something is true, as long as the busiest machine may need."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, explain()
        time.sleep(0.1)
