"""Run the tests of each row, and print a table: `python -m versions [PACKAGE[==VERSION] ...]`."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from versions.environments import ROOT, CannotRun, environment
from versions.rows import ROWS, Row

TESTS = ROOT / "tests"
_ENDS = {0: "passed", 1: "FAILED", 5: "not run"}


class Outcome(NamedTuple):
    """What became of a row."""

    row: Row
    end: str
    """`passed`, `FAILED` or `not run`."""
    detail: str
    """The last line of pytest's, or why it was not run."""


def chosen(names: list[str]) -> list[Row]:
    """Return the rows that are named; all of them where none is."""
    rows = {f"{row.package}=={row.version}": row for row in ROWS}
    packages = {row.package for row in ROWS}
    wrong = [name for name in names if name not in rows and name not in packages]
    if wrong:
        known = ", ".join([*sorted(packages), *rows])
        sys.exit(f"versions: {', '.join(wrong)}: no such row; there are {known}")
    return [row for key, row in rows.items() if not names or {key, row.package} & set(names)]


def run(row: Row) -> Outcome:
    """Run a row's tests in its environment, one after the other."""
    files = sorted(str(path) for pattern in row.tests for path in TESTS.glob(pattern))
    if not files:
        return Outcome(row, "not run", f"there is no {' or '.join(row.tests)}")
    try:
        python = environment(row)
    except CannotRun as error:
        return Outcome(row, "not run", str(error))
    version = _version(python, row.package)
    command = [str(python), "-m", "pytest", "-n", "0", "-q", "-p", "no:cacheprovider", *files]
    done = subprocess.run(
        command, cwd=ROOT, env=_named(python), capture_output=True, text=True, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    end = _ENDS.get(done.returncode, "FAILED")
    if end == "FAILED":
        sys.stdout.write(f"{done.stdout}\n{done.stderr}\n")
    return Outcome(row, end, f"{version}: {lines[-1] if lines else done.stderr[-200:]}")


def _named(python: Path) -> dict[str, str]:
    """Return the environment in which programs are found beside a Python."""
    return os.environ | {"PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def _version(python: Path, package: str) -> str:
    script = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run(
        [str(python), "-c", script], capture_output=True, text=True, check=True
    ).stdout.strip()


def main(names: list[str]) -> int:
    """Run all that is chosen; 1 where one failed. What was not run is said, and fails nothing."""
    outcomes = []
    for row in chosen(names):
        sys.stderr.write(f"{row.package} {row.version} ...\n")
        outcomes.append(run(row))
    for row, end, detail in outcomes:
        sys.stdout.write(f"{row.package:<12}{row.version:<8}{end:<9}{detail}\n")
    return int(any(outcome.end == "FAILED" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
