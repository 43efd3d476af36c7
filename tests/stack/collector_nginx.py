"""A real nginx from `compose/nginx`, in a folder of its own."""

import http.server
import os
import signal
import threading
from pathlib import Path

from .collector_sink import eventually
from .debian import nginx


class Application(http.server.BaseHTTPRequestHandler):
    """Answers with the status that the path ends with, and says which trace it was given."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        last = self.path.partition("?")[0].rsplit("/", 1)[-1]
        body = "\n".join(f"{name.lower()}: {value}" for name, value in self.headers.items())
        self.send_response(int(last) if last.isdigit() else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """The tests read nginx's log."""


class Nginx:
    """The shipped sample, with an application behind it."""

    def __init__(self, folder: Path) -> None:
        self.application = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
        self._server = nginx(folder, self.application.server_port)
        self.logs = folder / "logs"
        self.port, _, self.status_port = self._server.ports

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        threading.Thread(target=self.application.serve_forever, daemon=True).start()
        self._server.start()

    def reopen(self) -> None:
        """Tell it that its files were rotated, and wait until it writes to new ones."""
        os.kill(self._server.pid, signal.SIGUSR1)
        eventually((self.logs / "labotel.access.log").exists)

    def stop(self) -> None:
        self._server.stop()
        self.application.shutdown()
        self.application.server_close()
