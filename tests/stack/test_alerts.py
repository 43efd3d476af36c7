"""Each alert, by Prometheus's own test of rules: it fires when it should, else it is silent."""

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from engines import binary
from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.render.files import files

from .absence_cases import absent, more
from .alert_cases import Case, built_in, laboratory, promised
from .alert_cases_infrastructure import infrastructure

RUNBOOKS = "docs/runbooks"
CASES = [*laboratory(), *built_in(), *absent(), *infrastructure(), *promised()]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rules of the laboratory and of what is built in."""
    folder = tmp_path_factory.mktemp("rules")
    for path, text in files(BUILT_IN, [lab.catalog], RUNBOOKS).items():
        if path.startswith("prometheus/"):
            (folder / Path(path).name).write_text(text)
    return folder


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


def test_the_rules_pass_the_lint(rules: Path) -> None:
    """All of promtool's, each a failure."""
    paths = [str(path) for path in sorted(rules.iterdir())]
    command = [binary("promtool"), "check", "rules", "--lint=all", "--lint-fatal", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_has_a_case(rules: Path) -> None:
    """One that nobody has seen fire is none."""
    assert {case.alert for case in CASES} == set(declared(rules))


@pytest.mark.parametrize("case", [*CASES, *more()], ids=lambda case: case.alert)
def test_an_alert_fires_when_it_should(case: Case, rules: Path, tmp_path: Path) -> None:
    """With its labels and its summary; and is silent at the threshold itself."""
    made = {
        "rule_files": [str(path) for path in rules.iterdir()],
        "evaluation_interval": "1m",
        "tests": unit_test(case, declared(rules)[case.alert]),
    }
    file = tmp_path / "test.yml"
    file.write_text(json.dumps(made))  # YAML, too
    command = [binary("promtool"), "test", "rules", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_laboratorys_alerts_are_those_that_were_asked_for(rules: Path) -> None:
    """By name, time and severity, as the specification's table has them."""
    table = Path(__file__).parents[1] / "tables" / "alerts.csv"
    with table.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["system"] == "S1"]
    found = declared(rules)
    assert len(rows) == 7
    for row in rows:
        rule = found[row["alert"]]
        assert (rule["for"], rule["labels"]["severity"]) == (row["for"], row["severity"])
