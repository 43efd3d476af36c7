"""A folder's check: what is there, what may be done with it, and how much room is left."""

import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from labotel.pages import disks


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.mark.parametrize(
    ("free", "status"), [(50, "healthy"), (10, "healthy"), (9, "warning"), (2, "unhealthy")]
)
def test_how_much_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, status: str
) -> None:
    """Below 10 % a warning, below 3 % unhealthy, by the given levels."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100, 100 - free, free))
    found = disks.disk(str(tmp_path), 10, 3)
    assert (found.status, found.detail) == (status, f"{tmp_path}: {free:.1f} % free")


def test_what_is_not_there_is_told_from_what_is_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`not_found`, `permission_error` to read, to write; a file is no folder."""
    assert disks.disk(f"{tmp_path}/no", 10, 3).detail == f"{tmp_path}/no: not_found"
    (tmp_path / "file").write_text("")
    assert disks.disk(f"{tmp_path}/file", 10, 3).detail.endswith("no folder")

    def refuse(path: str) -> list[str]:
        raise PermissionError(path)

    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)
    assert disks.disk(str(tmp_path), 0, 0).detail.endswith("permission_error (not writable)")
    assert disks.disk(f"{tmp_path}:ro", 0, 0).status == "healthy"
    monkeypatch.setattr(os, "listdir", refuse)
    assert disks.disk(str(tmp_path), 0, 0).detail.endswith("permission_error (not readable)")


@pytest.mark.skipif(os.getuid() == 0, reason="root may read and write everything")
def test_a_folder_of_somebody_elses(tmp_path: Path) -> None:
    """As the system itself says it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    assert "permission_error" in disks.disk(str(closed), 0, 0).detail
