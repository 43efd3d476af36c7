"""An environment for each row: its packages over those of the environment that runs this.

It is made once, in the user's cache folder. For another Python all is installed anew.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Final

from versions.rows import Row

ROOT: Final = Path(__file__).parents[2]
HERE: Final = sys.version_info[:2]
_REQUIREMENTS: Final = ROOT / "requirements" / "dev.txt"


class CannotRun(Exception):
    """A row cannot be run here; the message says why."""


def cache() -> Path:
    """Return where the environments are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "labotel" / "versions"


def environment(row: Row) -> Path:
    """Return a row's Python, its environment made where it is not there; else raise CannotRun."""
    major, minor = max(HERE, row.python or HERE)
    found = sys.executable if (major, minor) == HERE else shutil.which(f"python{major}.{minor}")
    if found is None:
        raise CannotRun(f"it needs python{major}.{minor}, which is not installed")
    shared = _REQUIREMENTS.read_text()
    key = hashlib.sha256(repr((row.requirements, shared, sys.prefix)).encode()).hexdigest()[:8]
    folder = cache() / f"{row.package}-{row.version}-py{major}.{minor}-{key}"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        if (major, minor) == HERE:
            _over_ours(folder)
        else:
            _anew(found, folder)
        _install(python, *row.requirements, *(["--pre"] if row.newest else []))
        (folder / ".ready").touch()
    return python


def _over_ours(folder: Path) -> None:
    """Make an environment whose packages come before ours, and that has ours behind them."""
    venv.create(folder, with_pip=True)
    within = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=within))
    ours = sysconfig.get_path("purelib")
    (packages / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")


def _anew(python: str, folder: Path) -> None:
    made = subprocess.run(
        [python, "-m", "venv", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise CannotRun(f"{python} makes no environment: {_last(made)}")
    _install(folder / "bin" / "python", "--no-deps", "--requirement", str(_REQUIREMENTS))
    _install(folder / "bin" / "python", "--no-deps", "--editable", str(ROOT))


def _install(python: Path, *asked: str) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, *asked], capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotRun(f"pip installs no {' '.join(asked)}: {_last(done)}")


def _last(done: "subprocess.CompletedProcess[str]") -> str:
    said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    errors = [line for line in said if line.startswith("ERROR")]
    return (errors or said or ["it said nothing"])[-1]
