"""What the Collector asks of Docker's daemon, answered for one container."""

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ID = ("c0ffee" * 11)[:64]
_CONFIG = {"Image": "lab:1", "Hostname": ID[:12], "Env": [], "Labels": {}}
_STATE = {"Running": True, "Status": "running", "StartedAt": "2026-11-23T00:00:00Z"}
ANSWERS = {
    "_ping": "OK",
    "json": {
        "Id": ID,
        "Name": "/web-1",
        "Image": "sha256:1",
        "State": _STATE,
        "Config": _CONFIG,
        "HostConfig": {},
    },
    "stats": {
        "read": "2026-11-23T01:00:00Z",
        "memory_stats": {"usage": 4096, "limit": 8192, "stats": {"inactive_file": 0}},
        "cpu_stats": {"cpu_usage": {"total_usage": 1}},
        "precpu_stats": {"cpu_usage": {"total_usage": 0}},
    },
}


class _Daemon(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith("/events"):
            return  # nothing happens; the Collector asks again
        last = path.rsplit("/", 1)[-1]
        listed = path.endswith("/containers/json")
        answer = [{"Id": ID, "Image": "lab:1", "Names": ["/web-1"]}] if listed else ANSWERS[last]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@contextmanager
def daemon() -> Iterator[str]:
    """Run one, and give the address that DOCKER_ENDPOINT has."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Daemon)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"tcp://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
