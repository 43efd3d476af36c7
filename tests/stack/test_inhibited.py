"""What is not told as something else says it already: asked of a real Alertmanager, by amtool."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from engines import binary

from . import backends
from .absence_cases import absent
from .alert_cases import built_in, laboratory, promised
from .alert_cases_infrastructure import infrastructure
from .collector_sink import eventually
from .test_alertmanager import WEBHOOK, run
from .test_line_alerts import expected

Labels = dict[str, str]
Told = Callable[[Labels, Labels], bool]

WEB = {
    "job": "lab/web", "service_namespace": "lab", "service_name": "web",
    "deployment_environment_name": "production",
}  # fmt: skip
STAGING = WEB | {"deployment_environment_name": "staging"}
SHOP = WEB | {"job": "shop/web", "service_namespace": "shop"}
HERE = {"service_namespace": "lab", "deployment_environment_name": "production"}
DISK = {"instance": "a", "mountpoint": "/"}


def critical(name: str, labels: Labels) -> Labels:
    """Return an alert."""
    return {"alertname": name, "severity": "critical"} | labels


def warning(name: str, labels: Labels) -> Labels:
    """Return an alert that is none to get up for."""
    return critical(name, labels) | {"severity": "warning"}


@pytest.fixture
def is_told(tmp_path: Path) -> Iterator[Told]:
    """Tell whether the second alert is told while the first one fires, and no other."""
    server = backends.alertmanager(tmp_path, "http://127.0.0.1:9/")
    server.start()

    def amtool(*arguments: str) -> str:
        address = f"--alertmanager.url=http://127.0.0.1:{server.ports[0]}"
        command = [str(binary("amtool")), "alert", *arguments, address]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def states() -> dict[str, str]:
        shown = json.loads(amtool("query", "--active", "--inhibited", "--output=json"))
        return {json.dumps(a["labels"], sort_keys=True): a["status"]["state"] for a in shown}

    def told(first: Labels, second: Labels) -> bool:
        for alert in (first, second):
            amtool("add", *(f"{key}={value}" for key, value in alert.items()))
        eventually(lambda: len(states()) == 2)
        assert states()[json.dumps(first, sort_keys=True)] == "active"
        return states()[json.dumps(second, sort_keys=True)] == "active"

    yield told
    server.stop()


FULL = critical("DiskSpaceLow", DISK)
FAST = critical("AnswersBudgetBurnsFast", WEB | {"slo": "answers"})
DOWN = critical("ServiceDown", WEB)
ABSENT = critical("TelemetryAbsent", HERE)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FULL, warning("DiskSpaceLow", DISK)),
        (FAST, warning("AnswersBudgetBurnsSlowly", WEB | {"slo": "answers"})),
        (DOWN, critical("HighErrorRate", WEB)),
        (DOWN, warning("HighResponseTime", WEB | {"endpoint": "a/"})),
        (ABSENT, DOWN),
        (ABSENT, critical("CeleryWorkerGone", WEB)),
        (ABSENT, critical("CeleryBeatLate", WEB)),
    ],
    ids=lambda alert: alert["alertname"],
)
def test_what_follows_is_not_told(first: Labels, second: Labels, is_told: Told) -> None:
    """Of the same thing."""
    assert not is_told(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (FULL, warning("DiskSpaceLow", DISK | {"mountpoint": "/data"})),
        (FULL, warning("DiskSpaceLow", DISK | {"instance": "b"})),
        (critical("SlowQueries", WEB), warning("SlowQueries", SHOP)),
        (critical("SlowQueries", WEB), warning("SlowQueries", STAGING)),
        (FAST, warning("AnswersBudgetBurnsSlowly", WEB | {"slo": "others"})),
        (FAST, warning("AnswersBudgetBurnsSlowly", STAGING | {"slo": "answers"})),
        (FAST, warning("AnswersBudgetBurnsSlowly", SHOP | {"slo": "answers"})),
        (DOWN, critical("HighErrorRate", STAGING)),
        (DOWN, critical("HighErrorRate", SHOP)),
        (DOWN, critical("ServiceDown", WEB | {"service_name": "worker"})),
        (DOWN, warning("CriticalLogged", WEB)),
        (ABSENT, critical("ServiceDown", SHOP)),
        (ABSENT, critical("ServiceDown", STAGING)),
        (ABSENT, critical("CeleryWorkerGone", STAGING)),
        (critical("TelemetryAbsent", {}), DOWN),
        (ABSENT, critical("HighErrorRate", WEB)),
    ],
    ids=lambda alert: alert["alertname"],
)
def test_what_is_of_another_thing_is_told(first: Labels, second: Labels, is_told: Told) -> None:
    """Of another service, deployment, disk or promise; and what may be a reason."""
    assert is_told(first, second)


def test_all_that_alerts_tell_things_by_is_compared(tmp_path: Path) -> None:
    """Each label of each alert of labotel's, but its name and its severity."""
    cases = [*laboratory(), *built_in(), *absent(), *infrastructure(), *promised()]
    found = {label for case in cases for label in case.labels} | {"slo"}
    found |= {label for labels, _ in expected("").values() for label in labels}
    [rule] = [
        rule
        for rule in yaml.safe_load(run(WEBHOOK).stdout)["inhibit_rules"]
        if rule["target_matchers"] == ['severity = "warning"']
    ]
    assert found <= set(rule["equal"])
