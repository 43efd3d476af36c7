"""nginx as the compose files start it: TLS in production, and its files moved aside when large."""

import http.server
import os
import pwd
import shutil
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest

from running import clean_environment, free_port

from . import compose_projects as projects
from .backends import COMPOSE
from .compose_native import Native
from .debian import open_at, program
from .servers import Server

DOORS = {"LISTEN": 443, "REDIRECT_LISTEN": 80, "OTLP_LISTEN": 4318, "STATUS_LISTEN": 8081}


class Behind(http.server.ThreadingHTTPServer):
    """Whoever nginx stands in front of; it keeps what it is asked, with the authorization."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[tuple[str, str | None]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class _Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Behind)
        self.server.asked.append((self.path, self.headers.get("Authorization")))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Front:
    """nginx of the production project, in front of one sink that is everybody."""

    def __init__(self, folder: Path) -> None:
        self.behind = Behind()
        others = [("web", 8000), ("grafana", 3000), ("prometheus", 9090), ("collector", 4318)]
        made = projects.made(
            "production",
            projects.secrets(folder),
            APP_ADDRESS="web:8000",
            ADMIN_NETWORK="127.0.0.1",
        )
        service = made["services"]["nginx"]
        native = Native(made, folder, dict.fromkeys(others, self.behind.server_port))
        self.environment = native.environment("nginx")
        self.ports = {name: free_port() for name in DOORS}
        self.logs = folder / "volumes" / "nginx-logs"
        self.folder = folder / "nginx-home"
        self.server = Server(
            "nginx", self._made(service), self.folder, [*self.ports.values()],
            lambda: open_at(self.ports["LISTEN"]),
        )  # fmt: skip

    def _made(self, service: dict[str, object]) -> list[str]:
        """Fill the templates in as nginx's image does, and return the command."""
        (self.folder / "conf.d").mkdir(parents=True)
        tls = self.folder / "tls"
        tls.mkdir()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj",
             "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", f"{tls}/tls.key", "-out", f"{tls}/tls.crt"],
            check=True, capture_output=True,
        )  # fmt: skip
        values = dict(self.environment)
        for name, port in self.ports.items():
            values[name] = values[name].replace(str(DOORS[name]), f"127.0.0.1:{port}", 1)
        values |= {
            "TLS_CERTIFICATE": f"{tls}/tls.crt",
            "TLS_KEY": f"{tls}/tls.key",
            "ADMIN_PASSWORDS": f"{self.folder}/conf.d/passwords",
            "CONF_FOLDER": str(COMPOSE / "nginx"),
        }
        for target, one in projects.mounts(service).items():
            if target.startswith("/etc/nginx/templates/"):
                filled = Template(Path(one["source"]).read_text()).safe_substitute(values)
                name = Path(target).name.removesuffix(".template")
                (self.folder / "conf.d" / name).write_text(filled)
        shutil.copy(COMPOSE / "nginx" / "nginx.conf", self.folder)
        user = pwd.getpwuid(os.getuid()).pw_name
        told = ["-e", "error.log", "-g", f"daemon off; user {user};"]
        return [program("nginx"), "-p", str(self.folder), "-c", "nginx.conf", *told]

    def ask(self, door: str, path: str, scheme: str = "https", **headers: str) -> tuple[int, str]:
        """Return the status of an answer, and where it leads."""
        trusted = ssl.create_default_context(cafile=f"{self.folder}/tls/tls.crt")
        request = urllib.request.Request(
            f"{scheme}://127.0.0.1:{self.ports[door]}{path}", headers=headers
        )
        https = urllib.request.HTTPSHandler(context=trusted)
        try:
            with urllib.request.build_opener(_Stays, https).open(request, timeout=10) as answer:
                return answer.status, answer.headers.get("Strict-Transport-Security", "")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location", "")


class _Stays(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object) -> None:
        """Say that there is none."""


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """It runs until the last test is over."""
    made = Front(tmp_path_factory.mktemp("front"))
    made.logs.mkdir(parents=True, exist_ok=True)
    made.server.start()
    yield made
    made.server.stop()
    made.behind.shutdown()
    made.behind.server_close()


def test_tls_is_spoken_and_insisted_on(front: Front) -> None:
    """By a certificate that is checked; who comes without is sent on."""
    assert front.ask("LISTEN", "/x") == (200, "max-age=31536000")
    status, leads = front.ask("REDIRECT_LISTEN", "/x?y=1", "http")
    assert (status, leads) == (301, "https://127.0.0.1/x?y=1")


def test_telemetry_comes_in_by_tls_alone_and_nothing_else_does(front: Front) -> None:
    """What is below /v1/ is the Collector's, which asks for the token; the rest is nobody's."""
    front.behind.asked.clear()
    assert front.ask("OTLP_LISTEN", "/v1/metrics", Authorization="Bearer x")[0] == 200
    assert front.ask("OTLP_LISTEN", "/")[0] == 404
    assert front.behind.asked == [("/v1/metrics", "Bearer x")]


def test_a_line_that_names_a_client_goes_to_the_file_alone(front: Front) -> None:
    """That of the telemetry's door, too: what nginx prints is read with its addresses."""
    assert front.ask("OTLP_LISTEN", "/v1/logs", **{"Content-Length": "100000000"})[0] == 413
    _wait_for(front.logs / "labotel.error.log", "too large body")
    assert "client:" not in front.server.log.read_text()


def test_prometheus_is_for_administrators(front: Front) -> None:
    """By the user and the secret that `init` made; below its own root."""
    assert front.ask("LISTEN", "/prometheus/api")[0] == 401
    word = b64encode(f"admin:{front.environment['ADMIN_PASSWORD']}".encode()).decode()
    front.behind.asked.clear()
    assert front.ask("LISTEN", "/prometheus/api", Authorization=f"Basic {word}")[0] == 200
    assert front.behind.asked == [("/api", None)]


def test_large_files_are_moved_aside(front: Front) -> None:
    """nginx goes on in new ones; small files stay."""
    log = front.logs / "labotel.access.log"
    front.ask("LISTEN", "/before")
    _wait_for(log, "/before")
    rotate = ["sh", str(COMPOSE / "nginx" / "rotate.sh")]
    env = clean_environment() | {
        "LOG_FOLDER": str(front.logs), "NGINX_PID": str(front.server.pid), "ROTATE_EVERY": "0",
        "LOG_MEGABYTES": "1", "ROTATE_LOOKED": str(front.folder / "looked"),
    }  # fmt: skip
    subprocess.run(rotate, env=env, check=True)
    assert not log.with_name(f"{log.name}.1").exists()
    with log.open("a") as file:
        file.write("x" * 1_048_576)
    said = subprocess.run(rotate, env=env, check=True, capture_output=True, text=True).stdout
    assert said.strip() == f"rotated {log}"
    assert "/before" in log.with_name(f"{log.name}.1").read_text()
    front.ask("LISTEN", "/after")
    _wait_for(log, "/after")
    assert "/before" not in log.read_text()


def test_the_image_that_starts_it_is_not_held_up(front: Front) -> None:
    """It ends at once, and what it leaves behind goes on looking."""
    looked = front.folder / "looked-again"
    env = clean_environment() | {
        "LOG_FOLDER": str(front.logs), "NGINX_PID": str(front.server.pid), "ROTATE_EVERY": "1",
        "LOG_MEGABYTES": "1", "ROTATE_LOOKED": str(looked),
    }  # fmt: skip
    started = subprocess.Popen(
        [str(COMPOSE / "nginx" / "rotate.sh")], env=env, start_new_session=True
    )
    try:
        assert started.wait(5) == 0
        for _ in range(2):
            looked.unlink(missing_ok=True)
            _wait_for(looked, "")
    finally:
        os.killpg(started.pid, signal.SIGKILL)


def _wait_for(file: Path, text: str) -> None:
    end = time.monotonic() + 10
    while not file.exists() or text not in file.read_text():
        assert time.monotonic() < end, f"{text} is not in {file}"
        time.sleep(0.1)
