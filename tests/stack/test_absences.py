"""What is gone is told of for a week, and then no more; by Prometheus's own test of rules."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from engines import binary

from .absence_cases import GONE, READ, REDIS, TICK, WORKER
from .alert_cases import SERVICE, Values
from .backends import COMPOSE

HOUR, DAY = 60, 24 * 60
"""In minutes, as all times here."""
RULES = COMPOSE / "generated" / "prometheus" / "rules"
BACK = 3 * DAY
WEEK = {
    "ServiceDown": ("labotel", GONE, SERVICE, 12),
    "CeleryWorkerGone": ("tasks", {WORKER: "1x10 stale"}, SERVICE, 10),
    "CeleryBeatLate": ("tasks", {TICK: "0+60x10 stale"}, SERVICE, 10),
    "TargetAbsent": ("infrastructure", {READ: "0+60x10 stale"}, REDIS, 10),
}
"""Each alert: its rules' file, what was there for ten minutes, its labels, when it was there last.

A rate over five minutes is one of two points: those of the 9th and the 10th are both in it at 12.
"""

SNAKE = {
    "ServiceDown": "service_down", "CeleryWorkerGone": "celery_worker_gone",
    "CeleryBeatLate": "celery_beat_late", "TargetAbsent": "target_absent",
}  # fmt: skip


def promtool(folder: Path, rules: str, test: dict[str, Any]) -> None:
    """Have promtool agree, with an evaluation each two minutes."""
    file = folder / "test.yml"
    made = {
        "rule_files": [str(RULES / f"{rules}.yml")], "evaluation_interval": "2m", "tests": [test],
    }  # fmt: skip
    file.write_text(json.dumps(made))  # YAML, too
    command = [binary("promtool"), "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def counted(alert: str, firing: dict[int, int]) -> list[dict[str, Any]]:
    """Ask how many alerts fire at some minutes."""
    return [
        {
            "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)',
            "eval_time": f"{minute}m", "exp_samples": [{"labels": "{}", "value": number}],
        }
        for minute, number in firing.items()
    ]  # fmt: skip


def asked(values: Values) -> dict[str, Any]:
    """Return the beginning of a test."""
    return {
        "interval": "1m",
        "input_series": [{"series": s, "values": v} for s, v in values.items()],
    }


@pytest.mark.parametrize("alert", WEEK)
def test_it_is_told_for_a_week(alert: str, tmp_path: Path) -> None:
    """A weekend is not enough to be forgotten; what was taken away on purpose is, in the end."""
    rules, values, *_ = WEEK[alert]
    at = {8: 0, 30: 1, DAY: 1, 3 * DAY: 1, 7 * DAY - HOUR: 1, 7 * DAY + HOUR: 0}
    promtool(tmp_path, rules, asked(values) | {"promql_expr_test": counted(alert, at)})


def test_what_comes_back_is_told_no_more_and_remembered_anew(tmp_path: Path) -> None:
    """After three days, for ten minutes: the week begins then."""
    [name] = WEEK["CeleryWorkerGone"][1]
    values = {name: f"1x10 stale _x{BACK - 12} 1x10 stale"}
    at = {HOUR: 1, BACK + 6: 0, BACK + HOUR: 1, 8 * DAY: 1, BACK + 7 * DAY + HOUR: 0}
    test = asked(values) | {"promql_expr_test": counted("CeleryWorkerGone", at)}
    promtool(tmp_path, "tasks", test)


@pytest.mark.parametrize("alert", WEEK)
def test_one_series_is_kept_for_each_thing(alert: str, tmp_path: Path) -> None:
    """Of eight processes that ended the service is one."""
    rules, values, labels, last = WEEK[alert]
    many = {
        name.replace("a-0", f"{host}-0"): each
        for name, each in values.items()
        for host in "abcdefgh"
    }
    series = f"seen:{SNAKE[alert]}:timestamp_seconds"
    shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
    kept = {
        "expr": series, "eval_time": f"{DAY}m",
        "exp_samples": [{"labels": f"{series}{{{shown}}}", "value": last * 60}],
    }  # fmt: skip
    promtool(tmp_path, rules, asked(many) | {"promql_expr_test": [kept]})
