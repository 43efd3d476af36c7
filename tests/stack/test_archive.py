"""`compose/archive` where the disk is full: nothing is left behind, or said to be done."""

import os
import resource
import subprocess
from pathlib import Path

import pytest

from running import clean_environment

from .backends import COMPOSE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with a file that no packing makes small."""
    (tmp_path / "data" / "loki").mkdir(parents=True)
    (tmp_path / "data" / "loki" / "chunk").write_bytes(os.urandom(200_000))
    (tmp_path / "backups").mkdir()
    return tmp_path


def archive(folder: Path, *words: str, full: bool) -> "subprocess.CompletedProcess[str]":
    """Run it; `full`: no file may grow over 100 KB, as on a disk without room for more."""
    env = {"ARCHIVE_DATA": str(folder / "data"), "ARCHIVE_FOLDER": str(folder / "backups")}
    limit = (100_000, 100_000) if full else (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    return subprocess.run(
        ["sh", str(COMPOSE / "archive"), *words], env=clean_environment() | env,
        capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )  # fmt: skip


def test_a_save_without_room_leaves_nothing(folder: Path) -> None:
    """What it wrote would take the last of it."""
    done = archive(folder, "save", full=True)
    assert done.returncode == 1 and "could not be written" in done.stderr
    assert list((folder / "backups").iterdir()) == []


def test_a_restore_without_room_says_what_is_to_do(folder: Path) -> None:
    """And the archive is still there for the next attempt."""
    content = (folder / "data" / "loki" / "chunk").read_bytes()
    name = archive(folder, "save", full=False).stdout.strip()
    done = archive(folder, "restore", name, full=True)
    assert done.returncode == 1 and not done.stdout
    assert f"{name} is back in part alone: start no store, make room" in done.stderr
    assert archive(folder, "restore", name, full=False).returncode == 0
    assert (folder / "data" / "loki" / "chunk").read_bytes() == content
