"""What the Collector asks of Docker's daemon, answered for one container that works.

The answers have the form of Docker's *Engine API* (ContainerInspect, ContainerStats on cgroups v2).
"""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ID = ("c0ffee" * 11)[:64]
NAME = "web-1"
_IMAGE = "lab:1"
LISTED = [{"Id": ID, "Image": _IMAGE, "Names": [f"/{NAME}"]}]
INSPECTED = {
    "Id": ID,
    "Name": f"/{NAME}",
    "Image": "sha256:1",
    "RestartCount": 2,
    "State": {"Running": True, "Status": "running", "StartedAt": "2026-11-23T00:00:00Z"},
    "Config": {"Image": _IMAGE, "Hostname": ID[:12], "Env": [], "Labels": {}},
    "HostConfig": {},
}


def stats(asked: int) -> dict[str, Any]:
    """Return what it used when it is asked for the so-manieth time: more each time."""
    cpu, network = asked * 50_000_000, {"rx_bytes": asked * 3000, "tx_bytes": asked * 9000}
    on_disk = [
        {"major": 8, "minor": 0, "op": op, "value": asked * size}
        for op, size in (("read", 4096), ("write", 8192))
    ]
    usage = {"total_usage": cpu, "usage_in_kernelmode": cpu // 5, "usage_in_usermode": cpu // 5 * 4}
    return {
        "read": "2026-11-23T01:00:00Z",
        "memory_stats": {
            "usage": 4096 + 1024, "limit": 8192, "stats": {"inactive_file": 1024, "file": 2048},
        },
        "cpu_stats": {"cpu_usage": usage, "system_cpu_usage": asked * 10**9, "online_cpus": 2},
        "precpu_stats": {"cpu_usage": {"total_usage": 0}, "system_cpu_usage": 0},
        "blkio_stats": {"io_service_bytes_recursive": on_disk},
        "networks": {"eth0": {**network, "rx_dropped": asked // 10, "tx_dropped": 0}},
        "pids_stats": {"current": 3},
    }  # fmt: skip


class _Daemon(http.server.BaseHTTPRequestHandler):
    printed: Path | None = None
    asked = 0

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith("/events"):
            return  # nothing happens; the Collector asks again
        last = path.rsplit("/", 1)[-1]
        listed = path.endswith("/containers/json")
        answers = {"_ping": lambda: "OK", "json": lambda: INSPECTED, "stats": self._stats}
        answer = LISTED if listed else answers[last]()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def do_HEAD(self) -> None:
        self.do_GET()

    def _stats(self) -> dict[str, Any]:
        kind = type(self)
        kind.asked += 1
        if kind.printed is not None:
            now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
            said = {"log": f"asked {kind.asked} times\n", "stream": "stdout", "time": now}
            with kind.printed.open("a") as file:
                file.write(json.dumps(said) + "\n")
        return stats(kind.asked)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def daemon(logs: Path | None = None) -> Iterator[str]:
    """Run one, and give the address that DOCKER_ENDPOINT has.

    In `logs`, a folder as CONTAINER_LOGS names one, the container prints a line each time.
    """
    if logs is not None:
        (logs / ID).mkdir(parents=True)
    printed = None if logs is None else logs / ID / f"{ID}-json.log"
    handler = type("Daemon", (_Daemon,), {"printed": printed})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"tcp://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
