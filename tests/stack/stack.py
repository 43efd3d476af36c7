"""The whole pipeline on free loopback ports: the Collector, and what it sends to."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from labotel.viewer.receiver import Receiver
from running import clean_environment

from . import backends, debian
from . import collector_docker as docker
from .collector import collector
from .collector_sink import Sink
from .loki import Loki
from .outside import authority, outside
from .prometheus import Prometheus
from .servers import Server

TOKEN = "the-token-of-this-run-alone"


@dataclass
class Stack:
    """All servers of a run, started one after another and ended together."""

    folder: Path
    traces: Receiver = field(default_factory=Receiver)
    alerts: Sink = field(default_factory=Sink)
    """Who is told of alerts."""
    _ends: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        with ExitStack() as begun:
            begun.enter_context(self.traces)
            home = begun.enter_context(TemporaryDirectory(prefix="labotel-postgresql-"))
            self.alerts.start()
            begun.callback(self.alerts.stop)
            told = f"http://127.0.0.1:{self.alerts.port}/"
            self.alertmanager = backends.alertmanager(self.folder / "alertmanager", told)
            alertmanager = f"127.0.0.1:{self.alertmanager.ports[0]}"
            self.prometheus = backends.prometheus(
                self.folder / "prometheus", alertmanager=alertmanager
            )
            self.loki = backends.loki(self.folder / "loki", alertmanager)
            self.postgresql = debian.postgresql(self.folder / "postgresql", Path(home))
            self.redis = debian.redis(self.folder / "redis")
            self.nginx = debian.nginx(self.folder / "nginx")
            self.outside = outside(self.folder / "outside")
            self.docker = begun.enter_context(docker.daemon(self.folder / "containers"))
            self.collector = collector(self.folder / "collector", self.environment())
            for server in self.servers:
                server.start()
                begun.callback(server.stop)
            self._ends = begun.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.close()

    @property
    def servers(self) -> list[Server]:
        """All of them, in the order in which they start."""
        return [
            self.alertmanager, self.prometheus, self.loki, self.postgresql, self.redis, self.nginx,
            self.outside, self.collector,
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """What the Collector is started with."""
        prometheus, loki = self.prometheus.ports[0], self.loki.ports[0]
        return {
            "OTLP_TOKEN": TOKEN,
            "PROMETHEUS_URL": f"http://127.0.0.1:{prometheus}",
            "LOKI_URL": f"http://127.0.0.1:{loki}",
            "TEMPO_OTLP_URL": self.traces.endpoint,
            "HOST_METRICS": "1",
            "POSTGRESQL_ENDPOINT": f"127.0.0.1:{self.postgresql.ports[0]}",
            "POSTGRESQL_USERNAME": "lab",
            "POSTGRESQL_PASSWORD": "none",
            "REDIS_ENDPOINT": f"127.0.0.1:{self.redis.ports[0]}",
            "NGINX_STATUS_URL": self.status,
            "NGINX_LOGS": str(self.folder / "nginx" / "logs"),
            # Of the laboratory's own pages none: each visit is one that nobody there made.
            "CHECK_URLS": f"{self.status}, {self.secure}?who=canary",
            "CHECK_CA": authority(self.outside),
            "CHECK_INTERVAL": "2s",
            "CONTAINERS": "1",
            "DOCKER_ENDPOINT": self.docker,
            "CONTAINER_LOGS": str(self.folder / "containers"),
            "SCRAPE_INTERVAL": "2s",
            "DERIVED_INTERVAL": "2s",
        }

    @property
    def status(self) -> str:
        """The laboratory's nginx, of itself."""
        return f"http://127.0.0.1:{self.nginx.ports[2]}/status"

    @property
    def secure(self) -> str:
        """A page with a certificate."""
        return f"https://127.0.0.1:{self.outside.ports[1]}/"

    @property
    def endpoint(self) -> str:
        """Where applications send."""
        return f"http://127.0.0.1:{self.collector.ports[0]}"

    def application(self, name: str, runtime: Path, endpoint: str = "") -> dict[str, str]:
        """What a process of the tests' project is started with, to send here or elsewhere."""
        return clean_environment() | {
            "PYTHONPATH": str(Path(__file__).parents[1]),
            "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint or self.endpoint,
            "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer {TOKEN}",
            "OTEL_SERVICE_NAME": name,
            "OTEL_METRIC_EXPORT_INTERVAL": "1000",
            "LABOTEL_RUNTIME_DIR": str(runtime),
            "LABOTEL_PSEUDONYM_KEY": "tests",
        }

    @property
    def entrance(self) -> str:
        """Where people come in."""
        return f"http://127.0.0.1:{self.nginx.ports[0]}"

    def metrics(self) -> Prometheus:
        """Prometheus, to be asked."""
        return Prometheus(f"http://127.0.0.1:{self.prometheus.ports[0]}")

    def logs(self, since: float) -> Loki:
        """Loki, to be asked about all since a moment."""
        return Loki(f"http://127.0.0.1:{self.loki.ports[0]}", since)
