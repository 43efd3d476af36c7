"""The public names as two type checkers see them, both strict."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent
FILES = ("right.py", "wrong.py")

Found = dict[str, dict[int, str]]


def run(name: str, *arguments: str) -> str:
    """The output of a checker that ran, whatever it found."""
    if not (BIN / name).exists():
        pytest.skip(f"{name} is not installed")
    command = [str(BIN / name), *arguments, *(str(HERE / file) for file in FILES)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@cache
def mypy() -> Found:
    """The lines in which mypy finds errors."""
    said = run("mypy", "--strict", "--no-error-summary", "--show-absolute-path")
    found: Found = {file: {} for file in FILES}
    for path, line, text in re.findall(r"^(.+?):(\d+): error: (.*)$", said, re.MULTILINE):
        found[Path(path).name][int(line)] = text
    return found


@cache
def pyright() -> Found:
    """The lines in which pyright finds errors (it counts them from 0)."""
    said = json.loads(run("pyright", "--pythonpath", sys.executable, "--outputjson"))
    found: Found = {file: {} for file in FILES}
    for one in said["generalDiagnostics"]:
        if one["severity"] == "error":
            line = one["range"]["start"]["line"] + 1
            found[Path(one["file"]).name][line] = one["message"]
    return found


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_right_uses_have_no_error(checker: Callable[[], Found]) -> None:
    """Nobody has to silence a checker to use labotel."""
    assert checker()["right.py"] == {}


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_each_wrong_use_is_found_and_nothing_else(checker: Callable[[], Found]) -> None:
    """Exactly the marked lines: what is wrong is seen before it runs."""
    lines = enumerate((HERE / "wrong.py").read_text().splitlines(), start=1)
    marked = {n: line.strip() for n, line in lines if line.endswith("# error")}
    found = checker()["wrong.py"]
    assert len(marked) > 40
    assert {n: text for n, text in marked.items() if n not in found} == {}, "not found"
    assert {n: text for n, text in found.items() if n not in marked} == {}, "found too much"


def test_right_uses_run(tmp_path: Path) -> None:
    """What a checker accepts is not refused when it runs."""
    env = {"LABOTEL_RUNTIME_DIR": str(tmp_path), "OTEL_SDK_DISABLED": "true"}
    command = [sys.executable, str(HERE / "right.py")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=env, timeout=60)
    assert done.returncode == 0, done.stderr
