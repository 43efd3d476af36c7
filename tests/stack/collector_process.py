"""A Collector as `collector/run` starts it, on free ports, with all its exporters at one sink."""

import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

from running import free_port

from .collector_sink import eventually

COLLECTOR = Path(__file__).parents[2] / "collector"


class Collector:
    """`start` and `stop` it, as often as wanted: its ports and its storage stay."""

    def __init__(self, binary: Path, folder: Path, sink_url: str, **more: str) -> None:
        self.grpc, self.http, self.health = free_port(), free_port(), free_port()
        self.log = folder / "collector.log"
        self.storage = folder / "storage"
        self.environment = {
            "PATH": os.environ["PATH"],
            "TZ": "UTC",
            "COLLECTOR_BINARY": str(binary),
            "COLLECTOR_STORAGE": str(self.storage),
            "COLLECTOR_STORAGE_FREE_MB": "1",
            "OTLP_GRPC_LISTEN": f"127.0.0.1:{self.grpc}",
            "OTLP_HTTP_LISTEN": f"127.0.0.1:{self.http}",
            "HEALTH_LISTEN": f"127.0.0.1:{self.health}",
            "PROMETHEUS_URL": sink_url,
            "LOKI_URL": sink_url,
            "TEMPO_OTLP_URL": sink_url,
            "DERIVED_INTERVAL": "1s",
            "SCRAPE_INTERVAL": "1s",
        } | more
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [COLLECTOR / "run"], env=self.environment, stdout=log, stderr=log
            )
        eventually(self._ready)

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()[-3000:]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/", timeout=1) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.HTTPError):
            return False

    def stop(self, *, backends_away: bool = False) -> None:
        """Stop it as an operator does, and see that the signal reached it.

        Where Prometheus is away it exits with 1: its own last metrics could not be sent.
        """
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(20)
            assert code == 0 or backends_away, self.log.read_text()[-3000:]
        finally:
            self._process.kill()
            self._process = None

    def send(self, signal_name: str, body: bytes, token: str | None = None) -> int:
        """Send an OTLP request by HTTP, and return the status of its answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.http}/v1/{signal_name}",
            data=body,
            headers={"Content-Type": "application/x-protobuf"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code


def run(binary: Path | str, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run `collector/run` to its end, and return its exit code and all that it said."""
    done = subprocess.run(
        [COLLECTOR / "run", *arguments],
        env={"PATH": os.environ["PATH"], "COLLECTOR_BINARY": str(binary)} | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
