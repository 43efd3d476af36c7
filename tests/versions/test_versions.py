"""What is said of a version that is not run."""

import subprocess
import sys
from pathlib import Path

import pytest

from versions import environments
from versions.__main__ import chosen, run
from versions.rows import ROWS, Row


def test_a_version_without_its_python_is_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason; nothing is installed for it."""
    monkeypatch.setenv("PATH", "")
    row = Row("django", "9.0", ("django~=9.0",), ("versions/test_versions.py",), python=(4, 0))
    assert run(row)[1:] == ("not run", "it needs python4.0, which is not installed")


def test_a_package_without_tests_is_not_run() -> None:
    """Its patterns are named."""
    row = Row("x", "1", ("x",), ("instrumentation/test_of_nobody*.py",))
    assert run(row)[1:] == ("not run", "there is no instrumentation/test_of_nobody*.py")


def test_a_version_that_pip_does_not_find_is_not_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With pip's own words; the next run tries again."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    row = Row("celery", "0.1", ("celery==0.0.1",), ("versions/test_versions.py",))
    _, end, detail = run(row)
    assert end == "not run"
    assert detail.startswith("pip installs no celery==0.0.1: ERROR: No matching distribution")
    assert not list(environments.cache().glob("*/.ready"))


def test_rows_are_chosen_by_package_and_version() -> None:
    """All of them, those of a package, or one."""
    assert chosen([]) == list(ROWS)
    assert {row.package for row in chosen(["flask"])} == {"flask"}
    assert [row.version for row in chosen(["celery==5.4"])] == ["5.4"]
    with pytest.raises(SystemExit, match=r"celery==1\.0: no such row; there are celery, django"):
        chosen(["celery==1.0"])


def test_a_table_is_printed() -> None:
    """One line for each row, and no failure for what cannot be run."""
    script = (
        "from versions import rows, __main__ as it\n"
        "it.ROWS = (rows.Row('x', '1', ('x',), ('nowhere/test_*.py',)),)\n"
        "raise SystemExit(it.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "x           1       not run  there is no nowhere/test_*.py\n"
