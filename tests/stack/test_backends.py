"""The shipped configurations of what is behind the Collector, judged by the engines themselves."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from engines import binary

from .backends import COMPOSE

_VARIABLE = re.compile(r"\$\{(\w+):-")


def test_promtool_accepts_the_configuration_of_prometheus() -> None:
    """As it is shipped, with the rules that are rendered."""
    file = COMPOSE / "prometheus" / "prometheus.yml"
    command = [binary("promtool"), "check", "config", file]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "SUCCESS" in judged.stdout


def test_loki_accepts_its_configuration(tmp_path: Path) -> None:
    """With its variables filled in."""
    file = COMPOSE / "loki" / "loki.yml"
    command = [binary("loki"), f"-config.file={file}", "-config.expand-env=true", "-verify-config"]
    environment = {**os.environ, "LOKI_DATA": str(tmp_path)}
    judged = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout + judged.stderr


@pytest.mark.parametrize("name", ["loki", "tempo"])
def test_a_variable_is_explained(name: str) -> None:
    """Each one that a configuration reads stands on the page beside it."""
    read = set(_VARIABLE.findall((COMPOSE / name / f"{name}.yml").read_text()))
    assert read
    page = (COMPOSE / "README.md").read_text()
    assert {variable for variable in read if f"`{variable}`" not in page} == set()
