"""The test double as two type checkers see it, both strict."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "typed"
TESTS = HERE.parents[1]
BIN = Path(sys.executable).parent

Found = dict[tuple[str, int], str]


def run(name: str, *arguments: str) -> str:
    """The output of a checker that ran, whatever it found."""
    if not (BIN / name).exists():
        pytest.skip(f"{name} is not installed")
    command = [str(BIN / name), *arguments, str(HERE / "right.py"), str(HERE / "wrong.py")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=TESTS)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@cache
def mypy() -> Found:
    """The lines in which mypy finds errors."""
    said = run("mypy", "--strict", "--no-error-summary", "--cache-dir", "/dev/null")
    lines = re.findall(r"^(.+?):(\d+): error: (.*)$", said, re.MULTILINE)
    return {(Path(path).name, int(line)): text for path, line, text in lines}


@cache
def pyright() -> Found:
    """The lines in which pyright finds errors (it counts them from 0)."""
    said = json.loads(run("pyright", "--pythonpath", sys.executable, "--outputjson"))
    return {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1): one["message"]
        for one in said["generalDiagnostics"]
        if one["severity"] == "error"
    }


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_right_uses_have_no_error_and_each_wrong_one_has(checker: Callable[[], Found]) -> None:
    """`telemetry.one(Admitted).species` is a Species; what a test cannot ask is seen before it."""
    lines = enumerate((HERE / "wrong.py").read_text().splitlines(), start=1)
    marked = {("wrong.py", n): line for n, line in lines if line.endswith("# error")}
    found = checker()
    assert len(marked) > 15
    assert {at: line for at, line in marked.items() if at not in found} == {}, "not found"
    assert {at: text for at, text in found.items() if at not in marked} == {}, "found too much"
