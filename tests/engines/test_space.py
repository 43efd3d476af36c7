"""Too little space is said before a build, not after half of it."""

from pathlib import Path
from typing import NamedTuple

import pytest

from engines import __main__ as command
from engines import failure, go, space

from .conftest import FakeGo


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def found(tmp_path: Path, cache_folder: Path) -> go.Go:
    """A Go whose caches are empty folders on one disk."""
    return go.Go("/bin/false", tmp_path / "modules", tmp_path / "objects")


def free(gigabytes: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every disk have so much space."""
    usage = Usage(0, 0, int(gigabytes * space.GB))
    monkeypatch.setattr(space.shutil, "disk_usage", lambda folder: usage)


def test_too_little_space(found: go.Go, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message has the folders, what is needed, what is free, and how to move them."""
    free(3, monkeypatch)
    with pytest.raises(failure.EngineFailure) as caught:
        space.check(found, 1.0)
    told = str(caught.value)
    assert f"{found.modules} and {found.objects} and" in told
    assert "3.0 GB are free" in told
    assert "GOMODCACHE, GOCACHE and XDG_CACHE_HOME" in told


def test_enough_space(found: go.Go, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is said; and fewer engines need less."""
    free(100, monkeypatch)
    space.check(found, 1.0)
    free(4, monkeypatch)
    space.check(found, 0.25)


def test_a_small_engine_needs_little(
    fake_go: FakeGo, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share by time: of 12.5 GB for 27 minutes, one minute's fits into 1 GB, Loki's 11 do not."""
    fake_go()
    free(1, monkeypatch)
    assert command._run(["compose"]) == 0
    with pytest.raises(failure.EngineFailure, match=r"need about 5\.1 GB together"):
        command._run(["loki"])


def test_what_is_there_need_not_come_again(found: go.Go, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted build that filled the caches may go on with less space."""
    free(3, monkeypatch)
    found.modules.mkdir()
    with (found.modules / "module.zip").open("wb") as file:
        file.truncate(20 * space.GB)  # takes no space itself
    space.check(found, 1.0)
