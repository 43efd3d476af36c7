"""The pipeline of one system: the Collector, and Prometheus, Alertmanager and Loki by its rules."""

import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import yaml

from labotel.viewer.receiver import Receiver
from running import clean_environment
from stack import backends
from stack.collector import collector
from stack.collector_sink import Sink
from stack.loki import Loki
from stack.prometheus import Prometheus
from stack.servers import Server

TOKEN = "the-token-of-this-run-alone"
EVALUATED = 2
"""So often, in s, rules are evaluated here: what they record must not be out of sight between."""


@dataclass
class Rendered:
    """What `labotel render` makes of an application's catalogue."""

    folder: Path

    @classmethod
    def of(cls, application: Path, catalog: str, folder: Path) -> "Rendered":
        """Render, as its people do, in the application's folder."""
        asked = [sys.executable, "-m", "labotel.cli.main", "render", catalog, "--out", str(folder)]
        done = subprocess.run(
            asked, cwd=application, capture_output=True, text=True, check=False,
            env=clean_environment() | {"PYTHONPATH": str(application)},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return cls(folder)

    @property
    def rules(self) -> Path:
        """The folder of Prometheus's rules."""
        return self.folder / "prometheus" / "rules"

    @cached_property
    def ruled(self) -> list[dict[str, Any]]:
        """All its rules."""
        files = sorted(self.rules.glob("*.yml"))
        groups = [g for file in files for g in yaml.safe_load(file.read_text())["groups"]]
        return [rule for group in groups for rule in group["rules"]]


@dataclass
class Pipeline:
    """All servers of a run, started one after another and ended together."""

    folder: Path
    rendered: Rendered
    more: list[Server] = field(default_factory=list)
    """What the application stands on besides: they start first."""
    traces: Receiver = field(default_factory=Receiver)
    alerts: Sink = field(default_factory=Sink)
    """Who is told of alerts."""
    _ends: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        with ExitStack() as begun:
            begun.enter_context(self.traces)
            self.alerts.start()
            begun.callback(self.alerts.stop)
            told = f"http://127.0.0.1:{self.alerts.port}/"
            self.alertmanager = backends.alertmanager(self.folder / "alertmanager", told)
            heard = f"127.0.0.1:{self.alertmanager.ports[0]}"
            self.prometheus = backends.prometheus(
                self.folder / "prometheus", self._configuration(heard)
            )
            self.loki = backends.loki(self.folder / "loki", heard)
            self.collector = collector(self.folder / "collector", self._environment())
            for server in (
                *self.more, self.alertmanager, self.prometheus, self.loki, self.collector,
            ):  # fmt: skip
                server.start()
                begun.callback(server.stop)
            self._ends = begun.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._ends.close()

    def _configuration(self, alertmanager: str) -> Path:
        """The shipped configuration, with this system's rules in the place of the laboratory's."""
        file = backends.shipped(self.folder / "prometheus", alertmanager)
        text = file.read_text()
        assert text.count("evaluation_interval: 5s") == 1
        file.write_text(
            text.replace("evaluation_interval: 5s", f"evaluation_interval: {EVALUATED}s")
        )
        shipped = self.folder / "prometheus" / "compose" / "generated" / "prometheus" / "rules"
        for rules in shipped.iterdir():
            rules.unlink()
        for rules in self.rendered.rules.glob("*.yml"):
            (shipped / rules.name).write_text(rules.read_text())
        return file

    def _environment(self) -> dict[str, str]:
        """What the Collector is started with."""
        return {
            "OTLP_TOKEN": TOKEN,
            "PROMETHEUS_URL": f"http://127.0.0.1:{self.prometheus.ports[0]}",
            "LOKI_URL": f"http://127.0.0.1:{self.loki.ports[0]}",
            "TEMPO_OTLP_URL": self.traces.endpoint,
            "SCRAPE_INTERVAL": "2s",
            "DERIVED_INTERVAL": "2s",
        }

    @property
    def endpoint(self) -> str:
        """Where applications send."""
        return f"http://127.0.0.1:{self.collector.ports[0]}"

    def metrics(self) -> Prometheus:
        """Prometheus, to be asked."""
        return Prometheus(f"http://127.0.0.1:{self.prometheus.ports[0]}")

    def logs(self, since: float) -> Loki:
        """Loki, to be asked about all since a moment."""
        return Loki(f"http://127.0.0.1:{self.loki.ports[0]}", since)
