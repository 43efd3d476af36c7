"""The Collector as `collector/run` starts it, on free loopback ports."""

import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import grpc

from engines import binary
from running import free_port

from .http import answers
from .servers import Server

COLLECTOR = Path(__file__).parents[2] / "collector"
SERVICES = {"logs": "logs.v1.LogsService", "traces": "trace.v1.TraceService"}


def collector(
    folder: Path, environment: Mapping[str, str], program: Path = COLLECTOR / "run"
) -> Server:
    """A Collector; its ports are those of OTLP over HTTP and over gRPC, and of its health."""
    doors = ports()
    names = ("OTLP_HTTP_LISTEN", "OTLP_GRPC_LISTEN", "HEALTH_LISTEN")
    http, rpc, health = (int(doors[name].rpartition(":")[2]) for name in names)
    return Server(
        "collector",
        [str(program)],
        folder,
        [http, rpc, health],
        lambda: answers(f"http://127.0.0.1:{health}/"),
        {
            "TZ": "UTC",
            "COLLECTOR_BINARY": str(binary("labotel-collector")),
            "COLLECTOR_STORAGE": str(folder / "storage"),
            **doors,
            **environment,
        },
    )


class Collector:
    """A Collector in front of one sink; `start` and `stop` it, as often as wanted."""

    def __init__(
        self, folder: Path, sink_url: str, program: Path = COLLECTOR / "run", /, **more: str
    ) -> None:
        self._server = collector(
            folder,
            {
                "COLLECTOR_STORAGE_FREE_MB": "1",
                "PROMETHEUS_URL": sink_url,
                "LOKI_URL": sink_url,
                "TEMPO_OTLP_URL": sink_url,
                "DERIVED_INTERVAL": "1s",
                "SCRAPE_INTERVAL": "1s",
                **more,
            },
            program,
        )
        self.ports = self._server.ports
        self.log = self._server.log
        self.start = self._server.start

    def stop(self, *, backends_away: bool = False) -> None:
        """Stop it, and see that the signal reached it.

        Where Prometheus is away it exits with 1: its own last metrics could not be sent.
        """
        code = self._server.stop()
        assert not code or backends_away, self.log.read_text()[-3000:]

    def send(self, signal_name: str, body: bytes, token: str | None = None) -> int:
        """Send an OTLP request by HTTP, and return the status of its answer."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ports[0]}/v1/{signal_name}",
            data=body,
            headers={"Content-Type": "application/x-protobuf"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def call(
        self, signal_name: str, body: bytes, token: str | None = None, port: int | None = None
    ) -> str:
        """Send an OTLP request by gRPC, and return the status of its answer."""
        about = [("authorization", f"Bearer {token}")] if token else []
        method = f"/opentelemetry.proto.collector.{SERVICES[signal_name]}/Export"
        with grpc.insecure_channel(f"127.0.0.1:{port or self.ports[1]}") as channel:
            try:
                channel.unary_unary(method)(body, metadata=about, timeout=10)
            except grpc.RpcError as error:
                return str(error.code().name)
        return "OK"


def ports() -> dict[str, str]:
    """The addresses that a Collector has by default, on free ports."""
    names = ("OTLP_GRPC_LISTEN", "OTLP_HTTP_LISTEN", "HEALTH_LISTEN")
    return {name: f"127.0.0.1:{free_port()}" for name in names}


def run(binary: Path | str, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run `collector/run` to its end, and return its exit code and all that it said."""
    done = subprocess.run(
        [COLLECTOR / "run", *arguments],
        env={"PATH": os.environ["PATH"], "COLLECTOR_BINARY": str(binary)} | environment,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr
