"""Prometheus's own test of rules: what an alert fires of, and what it is silent of."""

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

from engines import binary

from .alert_cases import Case


def declared(rules: Path) -> dict[str, dict[str, Any]]:
    """Return all alerts of the rendered rules by their names."""
    groups = [g for file in rules.iterdir() for g in yaml.safe_load(file.read_text())["groups"]]
    return {rule["alert"]: rule for g in groups for rule in g["rules"] if "alert" in rule}


def expected(case: Case, rule: dict[str, Any]) -> dict[str, Any]:
    """Return the alert that fires, as promtool compares it."""
    return {
        "exp_labels": case.labels | rule["labels"],
        "exp_annotations": rule["annotations"] | {"summary": case.summary},
    }


def unit_test(case: Case, rule: dict[str, Any]) -> list[dict[str, Any]]:
    """Return promtool's two tests of a case; before its time is over an alert does not fire."""

    def told(values: dict[str, str], at: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
        return {
            "interval": "1m",
            "input_series": [{"series": s, "values": v} for s, v in values.items()],
            "alert_rule_test": [
                {"eval_time": time, "alertname": case.alert, "exp_alerts": alerts}
                for time, alerts in at.items()
            ],
        }

    fired = [expected(case, rule)]
    early = {f"{case.after - 1}m": []} if case.after else {}
    return [
        told(case.fires, {**early, f"{case.at + case.after}m": fired}),
        told(case.silent, {f"{minute}m": [] for minute in case.quiet}),
    ]


def lint(rules: Path) -> None:
    """See that a folder of rules passes all of promtool's, each a failure."""
    _promtool("check", "rules", "--lint=all", "--lint-fatal", *map(str, sorted(rules.iterdir())))


def check_case(case: Case, rules: Path, folder: Path) -> None:
    """See that an alert of these rules fires as the case says, and is silent where it says so."""
    made = {
        "rule_files": [str(path) for path in rules.iterdir()],
        "evaluation_interval": "1m",
        "tests": unit_test(case, declared(rules)[case.alert]),
    }
    file = folder / "test.yml"
    file.write_text(json.dumps(made))  # YAML, too
    _promtool("test", "rules", str(file))


def _promtool(*arguments: str) -> None:
    command = [str(binary("promtool")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
