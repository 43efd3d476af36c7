"""`labotel doctor` shows what is connected here, what is off, and what to install."""

import json
import os
import pty
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from labotel.integrations.known import KNOWN
from running import clean_environment

LAB = Path(__file__).parents[2] / "examples" / "lab"


def doctor(*arguments: str, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run it in a folder, with these variables."""
    return subprocess.run(
        [sys.executable, "-m", "labotel.cli.main", "doctor", *arguments],
        capture_output=True, text=True, timeout=60, check=True, cwd=cwd, encoding="utf-8",
        env=clean_environment() | {"PYTHONIOENCODING": "utf-8"} | environment,
    )  # fmt: skip


def found(cwd: Path, **environment: str) -> dict[str, dict[str, Any]]:
    """Return what it says as JSON, by name."""
    made = json.loads(doctor("--list", "--json", cwd=cwd, **environment).stdout)
    return {one["name"]: one for one in made}


def hidden(folder: Path, package: str) -> str:
    """Return a PYTHONPATH on which a package is not installed."""
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules[{package!r}] = None\n")
    return str(folder)


def test_each_integration_has_a_line_with_its_version(tmp_path: Path) -> None:
    """A tick for what is connected, and the version of what it observes."""
    done = doctor("--list", cwd=tmp_path)
    rows = {line.split()[1]: line.split() for line in done.stdout.splitlines()}
    assert list(rows) == list(KNOWN)
    assert rows["django"] == ["✓", "django", version("django")]
    assert rows["logging"] == ["✓", "logging"]
    assert rows["opentelemetry-django"][:2] == ["-", "opentelemetry-django"]
    assert "no default: name it in instrument" in done.stdout
    assert "\x1b" not in done.stdout


def test_without_the_list_it_is_the_same(tmp_path: Path) -> None:
    """There is nothing else yet that it could show."""
    assert doctor(cwd=tmp_path).stdout == doctor("--list", cwd=tmp_path).stdout


def test_what_is_missing_has_the_line_that_installs_it(tmp_path: Path) -> None:
    """And the exit code is 0: nothing is wrong."""
    done = doctor("--list", cwd=tmp_path, PYTHONPATH=hidden(tmp_path, "psutil"))
    row = next(line for line in done.stdout.splitlines() if " host " in line)
    assert row.startswith("✗ host ")
    assert row.endswith('pip install "labotel[host]"')
    assert found(tmp_path, PYTHONPATH=str(tmp_path))["host"]["state"] == "missing"


def test_what_is_switched_off_says_how(tmp_path: Path) -> None:
    """By its name with a `-`, or as others alone are named."""
    one = found(tmp_path, LABOTEL_INSTRUMENT="-host")
    assert (one["host"]["state"], one["host"]["what"]) == ("off", "switched off by instrument")
    assert one["django"]["state"] == "connected"
    only = found(tmp_path, LABOTEL_INSTRUMENT="django,opentelemetry-django")
    assert {name for name, row in only.items() if row["state"] == "connected"} == {
        "django", "opentelemetry-django",
    }  # fmt: skip
    assert only["host"]["what"] == "instrument names others alone"


def test_the_applications_settings_count(tmp_path: Path) -> None:
    """Those of the Django project in this folder."""
    (tmp_path / "own.py").write_text(
        "import labotel\nSECRET_KEY = 'x'\nlabotel.configure(instrument=['-celery'])\n"
    )
    assert found(tmp_path, DJANGO_SETTINGS_MODULE="own")["celery"]["state"] == "off"
    assert found(LAB)["celery"]["state"] == "connected"


def test_an_application_that_cannot_be_loaded_is_said(tmp_path: Path) -> None:
    """The list is there all the same."""
    done = doctor("--list", cwd=tmp_path, DJANGO_SETTINGS_MODULE="gone")
    assert "'gone'" in done.stderr
    assert "this is by the environment alone" in done.stderr
    assert "✓ django" in done.stdout


def test_a_terminal_has_colours(tmp_path: Path) -> None:
    """And an output that knows ASCII alone has signs of it."""
    ours, theirs = pty.openpty()
    environment = clean_environment() | {"TERM": "xterm", "PYTHONIOENCODING": "ascii"}
    environment.pop("NO_COLOR", None)
    subprocess.run(
        [sys.executable, "-m", "labotel.cli.main", "doctor"],
        stdout=theirs, env=environment, cwd=tmp_path, timeout=60, check=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # the end of a terminal that nobody writes to
        pass
    os.close(ours)
    assert b"\x1b[32m+\x1b[0m django" in shown
