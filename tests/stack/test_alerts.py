"""Each alert, by Prometheus's own test of rules: it fires when it should, else it is silent."""

from pathlib import Path

import pytest

from labotel.catalogs import lab
from labotel.catalogs.builtin import BUILT_IN
from labotel.render.files import files

from .absence_cases import absent, more
from .alert_cases import Case, built_in, laboratory, promised
from .alert_cases_infrastructure import infrastructure
from .fires import check_case, declared, lint

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


def test_the_rules_pass_the_lint(rules: Path) -> None:
    """All of promtool's, each a failure."""
    lint(rules)


def test_each_alert_has_a_case(rules: Path) -> None:
    """One that nobody has seen fire is none."""
    assert {case.alert for case in CASES} == set(declared(rules))


@pytest.mark.parametrize("case", [*CASES, *more()], ids=lambda case: case.alert)
def test_an_alert_fires_when_it_should(case: Case, rules: Path, tmp_path: Path) -> None:
    """With its labels and its summary; and is silent at the threshold itself."""
    check_case(case, rules, tmp_path)
