"""Alerts over lines: written by their writers, evaluated by Loki, told by Alertmanager."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest
import yaml

from labotel.export.wake import wait_until
from running import SCRIPT, clean_environment, python

from . import backends, debian
from .backends import COMPOSE
from .collector import Collector
from .collector_sink import Sink
from .http import ask
from .loki import Loki
from .servers import Server

pytestmark = pytest.mark.timeout(600)

OFTEN = 2.0
"""So often, in s, rules are evaluated here; a minute is what is shipped."""
ARRIVES_WITHIN = 60.0
HOLDS = 180.0
"""So long, in s, nginx must find nobody."""
HOST = gethostname()
SHOP = {
    "service_name": "shop", "service_namespace": "lab", "deployment_environment_name": "production",
}  # fmt: skip
HARMLESS = (
    "kernel: [1.5] eth0: link up",
    "kernel: [2.5] blk_update_request: I/O error, dev fd0, sector 0",
    "app: Killed process 9 (of my own)",
    'app: {"program":"kernel"} I/O error, dev sda; Killed process 9 (none)',
)
"""An empty drive; and what another program says is not the kernel's word."""
GRAVE = (
    "kernel: [8.5] Out of memory: Killed process 4711 (celery worker) total-vm:9kB, anon-rss:8kB",
    "kernel: [9.5] I/O error, dev sda, sector 2048 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 2",
    "kernel: [9.6] EXT4-fs (sda1): Remounting filesystem read-only",
)
OF_NGINX = (
    "[warn] 7#7: *1 an upstream response is buffered to a temporary file while reading upstream",
    "[error] 7#7: *2 upstream prematurely closed connection while reading header from upstream",
    "[emerg] 7#7: open() failed (24: Too many open files)",
)
"""No word of a connection that cannot be had; and a critical line that no application says."""


@dataclass
class Told:
    """What Loki and Alertmanager said, before anything was wrong and afterwards."""

    quiet: list[dict[str, Any]]
    firing: dict[str, dict[str, Any]] = field(default_factory=dict)
    webhook: list[dict[str, Any]] = field(default_factory=list)
    upstream: str = ""


def expected(upstream: str) -> dict[str, tuple[dict[str, str], str]]:
    """Return what each alert says: its own labels, and its summary, in which {} is its value."""
    at = {"host_name": HOST, "upstream": upstream}
    return {
        "KernelKilledProcess": (
            {"host_name": "web-1", "process": "celery worker"},
            "web-1 had no memory left: the kernel killed celery worker",
        ),
        "DiskErrors": (
            {"host_name": "web-1"}, "web-1: 2 lines of the kernel's tell of a disk that fails"
        ),
        "UpstreamUnreachable": (
            at, f"nginx of {HOST} reaches nobody at {upstream}: {{}} requests in two minutes"
        ),
        "CriticalLogged": (SHOP, "shop logged 2 critical lines in five minutes"),
    }  # fmt: skip


@dataclass
class Watched:
    """An nginx in front of nobody, a machine's syslog and an application, and who reads them."""

    folder: Path
    loki: Server
    nginx: Server
    collector: Collector
    alerts: Sink

    @property
    def address(self) -> str:
        """Where Loki answers."""
        return f"http://127.0.0.1:{self.loki.ports[0]}"

    def rules(self) -> list[dict[str, Any]]:
        """Return Loki's rules, as its ruler tells of them."""
        groups = ask(f"{self.address}/prometheus/api/v1/rules")["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def syslog(self, *lines: str) -> None:
        """Write lines as rsyslog does."""
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        with (self.folder / "syslog").open("a") as file:
            file.writelines(f"{now} web-1 {line}\n" for line in lines)

    def request(self) -> None:
        """Ask nginx for a page: nobody is there to make it."""
        with pytest.raises(urllib.error.HTTPError, match="502"):
            urllib.request.urlopen(f"http://127.0.0.1:{self.nginx.ports[0]}/a", timeout=10).close()

    def shop(self, level: str, *words: str) -> None:
        """Have an application log."""
        say = f"[logging.getLogger('shop').{level}(word) for word in {words!r}]"
        python(
            f"{SCRIPT}\nimport logging\n{say}\nlabotel.shutdown()\n",
            clean_environment() | {
                "PYTHONPATH": str(Path(__file__).parents[1]),
                "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.collector.ports[0]}",
                "OTEL_SERVICE_NAME": "shop",
                "OTEL_RESOURCE_ATTRIBUTES":
                    "service.namespace=lab,deployment.environment.name=production",
                "LABOTEL_RUNTIME_DIR": str(self.folder / "runtime"),
            },
        )  # fmt: skip

    def has(self, number: int) -> None:
        """Wait until Loki has so many lines."""
        since = time.time() - 3600
        loki = Loki(self.address, since)
        counted = 'sum(count_over_time({service_name=~"syslog|nginx|shop"} [since]))'
        wait_until(lambda: loki.numbers(counted, time.time()).get("") == number, ARRIVES_WITHIN)
        assert loki.numbers(counted, time.time()) == {"": number}

    def evaluated(self) -> None:
        """Wait until each rule was evaluated anew, and without an error."""
        now = datetime.now(UTC)

        def anew() -> bool:
            rules = self.rules()
            at = [datetime.fromisoformat(rule["lastEvaluation"]) for rule in rules]
            return bool(rules) and min(at) > now

        wait_until(anew, ARRIVES_WITHIN)
        assert [(r["health"], r["lastError"]) for r in self.rules()] == [("ok", "")] * len(
            expected("")
        )


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """All of it, started."""
    folder = tmp_path_factory.mktemp("lines")
    (folder / "syslog").touch()
    alerts, metrics = Sink(), Sink()
    with ExitStack() as running:
        for sink in (alerts, metrics):
            sink.start()
            running.callback(sink.stop)
        alertmanager = backends.alertmanager(
            folder / "alertmanager", f"http://127.0.0.1:{alerts.port}/"
        )
        loki = backends.loki(
            folder / "loki", f"127.0.0.1:{alertmanager.ports[0]}",
            f"-ruler.evaluation-interval={OFTEN:g}s",
        )  # fmt: skip
        nginx = debian.nginx(folder / "nginx")
        for server in (alertmanager, loki, nginx):
            server.start()
            running.callback(server.stop)
        collector = Collector(
            folder / "collector", metrics.url, LOKI_URL=f"http://127.0.0.1:{loki.ports[0]}",
            NGINX_LOGS=str(folder / "nginx" / "logs"), SYSLOG_FILE=str(folder / "syslog"),
        )  # fmt: skip
        running.callback(collector.stop)
        collector.start()
        yield Watched(folder, loki, nginx, collector, alerts)


@pytest.fixture(scope="module")
def told(watched: Watched) -> Told:
    """First what is harmless, then what is not; until each alert fires."""
    watched.syslog(*HARMLESS)
    watched.shop("error", "a task failed")
    now = datetime.now(UTC).strftime("%Y/%m/%d %H:%M:%S")
    others = "".join(f"{now} {line}\n" for line in OF_NGINX)
    (watched.folder / "nginx" / "logs" / "other.error.log").write_text(others)
    watched.has(len(HARMLESS) + len(OF_NGINX) + 1)
    watched.evaluated()
    watched.evaluated()
    upstream = f"http://127.0.0.1:{watched.nginx.ports[1]}"
    made = Told([a for rule in watched.rules() for a in rule["alerts"]], upstream=upstream)
    watched.syslog(*GRAVE)
    watched.shop("critical", "the till is empty", "the door is open")
    end = time.monotonic() + HOLDS + ARRIVES_WITHIN
    while len(made.firing) < len(expected("")) and time.monotonic() < end:
        watched.request()
        for alert in (a for rule in watched.rules() for a in rule["alerts"]):
            if alert["state"] == "firing":
                made.firing.setdefault(alert["labels"]["alertname"], alert)
        time.sleep(1)
    bodies = [json.loads(body) for _, body in list(watched.alerts.bodies)]
    made.webhook = [alert for body in bodies for alert in body["alerts"]]
    return made


def declared() -> dict[str, dict[str, Any]]:
    """Return the rules that are rendered for Loki, by their alerts."""
    files = (COMPOSE / "generated" / "loki" / "rules" / "fake").iterdir()
    groups = [group for file in files for group in yaml.safe_load(file.read_text())["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def test_each_alert_has_a_case() -> None:
    """One that nobody has seen fire is none."""
    assert expected("").keys() == declared().keys()


def test_it_is_silent_of_what_is_harmless(told: Told) -> None:
    """Not even pending."""
    assert told.quiet == []


@pytest.mark.parametrize("name", expected(""))
def test_an_alert_fires(name: str, told: Told) -> None:
    """With its labels, its severity, its page and its words."""
    assert name in told.firing, told.firing.keys()
    alert, rule = told.firing[name], declared()[name]
    labels, summary = expected(told.upstream)[name]
    assert alert["labels"] == {"alertname": name, **labels, **rule["labels"]}
    assert alert["annotations"] == {
        "summary": summary.format(f"{float(alert['value']):g}"),
        "runbook_url": f"docs/runbooks/{name}.md",
    }


def test_who_is_told_hears_of_it(told: Told) -> None:
    """By Alertmanager, as of Prometheus's."""
    heard = [a for a in told.webhook if a["labels"]["alertname"] == "KernelKilledProcess"]
    assert heard and heard[0]["status"] == "firing"
    assert heard[0]["labels"]["process"] == "celery worker"
    assert heard[0]["annotations"]["runbook_url"] == "docs/runbooks/KernelKilledProcess.md"


@pytest.mark.parametrize("there", [False, True], ids=["missing", "empty"])
def test_it_starts_where_no_rules_are(there: bool, tmp_path: Path) -> None:
    """A folder that is missing is made; a Loki without rules is one all the same."""
    rules = tmp_path / "some" / "rules"
    if there:
        rules.mkdir(parents=True)
    loki = backends.loki(tmp_path / "loki")
    loki.environment = {**loki.environment, "LOKI_RULES": str(rules)}
    loki.start()
    try:
        assert list(rules.iterdir()) == []
        found = ask(f"http://127.0.0.1:{loki.ports[0]}/prometheus/api/v1/rules")
        assert found["data"]["groups"] == []
    finally:
        loki.stop()
