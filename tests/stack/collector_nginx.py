"""A real nginx from `compose/nginx`, in a folder of its own."""

import http.server
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path
from string import Template

from running import end, free_port

from .collector_sink import eventually

SAMPLE = Path(__file__).parents[2] / "compose" / "nginx"


def answers(port: int) -> bool:
    """Tell whether something listens, without a request that would be a line in the log."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


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
    """The shipped sample with its variables filled in; `application` is behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.port, self.status_port = free_port(), free_port()
        self.application = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Application)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        threading.Thread(target=self.application.serve_forever, daemon=True).start()
        application = f"127.0.0.1:{self.application.server_port}"
        for folder in (self.folder, self.folder / "conf.d", self.logs):
            folder.mkdir(exist_ok=True)
        (self.folder / "passwords").write_text("admin:{PLAIN}open\n")
        shutil.copy(SAMPLE / "nginx.conf", self.folder)
        shutil.copy(SAMPLE / "log_format.conf", self.folder)
        template = (SAMPLE / "templates" / "default.conf.template").read_text()
        filled = Template(template).safe_substitute(
            LISTEN=f"127.0.0.1:{self.port}",
            STATUS_LISTEN=f"127.0.0.1:{self.status_port}",
            APP_ADDRESS=application,
            GRAFANA_ADDRESS=application,
            PROMETHEUS_ADDRESS=application,
            ADMIN_NETWORK="127.0.0.1",
            ADMIN_PASSWORDS=str(self.folder / "passwords"),
            LOG_FOLDER=str(self.logs),
            CONF_FOLDER=str(self.folder),
        )
        (self.folder / "conf.d" / "default.conf").write_text(filled)
        command = ["nginx", "-p", str(self.folder), "-e", "error.log", "-c", "nginx.conf"]
        judged = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stderr
        # As the test's own user: its folder is nobody else's.
        user = pwd.getpwuid(os.getuid()).pw_name
        self._process = subprocess.Popen([*command, "-g", f"daemon off; user {user};"])
        eventually(lambda: answers(self.port))

    def reopen(self) -> None:
        """Tell it that its files were rotated, and wait until it writes to new ones."""
        assert self._process is not None
        self._process.send_signal(signal.SIGUSR1)
        eventually((self.logs / "labotel.access.log").exists)

    def stop(self) -> None:
        if self._process is not None:
            end(self._process)
            self._process = None
        self.application.shutdown()
        self.application.server_close()
