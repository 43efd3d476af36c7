"""Which Go will do, and what is said of one that will not."""

from pathlib import Path

import pytest

from engines import failure, go, recipes

from .conftest import FakeGo


def test_missing_go(run, cache_folder: Path, tmp_path: Path, monkeypatch) -> None:
    """Without Go the command ends at once, and names the version and where it can be had."""
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, told = run()
    assert code == 1
    assert "Go is missing" in told
    assert "needs Go 1.26.7 or newer" in told
    assert "https://go.dev/dl" in told
    assert "package golang" in told


@pytest.mark.parametrize(
    ("version", "toolchain"),
    [("go1.19.8", ""), ("go1.26.6", "local"), ("go1.25rc2", "local"), ("", ""), ("go1.20", "auto")],
)
def test_old_go(fake_go: FakeGo, version: str, toolchain: str) -> None:
    """The message has the version that is there, the one that is needed, and for which engine."""
    program = fake_go(version=version, toolchain=toolchain)
    with pytest.raises(failure.EngineFailure) as caught:
        go.find(recipes.engines())
    told = str(caught.value)
    assert f"Go is too old: {program} is {version or 'of an unknown version'}, and" in told
    assert "prometheus 3.16.0 needs 1.26.7 or newer" in told


@pytest.mark.parametrize(
    ("version", "toolchain"),
    [
        ("go1.26.7", "local"),
        ("go1.27rc1", "local"),
        ("go1.26.8 X:nodwarf5", "local"),
        ("go1.24.0", "auto"),  # fetches a newer one
        ("go1.21.0", "local+auto"),
    ],
)
def test_new_enough_go(fake_go: FakeGo, version: str, toolchain: str) -> None:
    """Go from 1.21 fetches what a module asks for, where GOTOOLCHAIN lets it."""
    program = fake_go(version=version, toolchain=toolchain)
    assert go.find(recipes.engines()).program == str(program)


def test_an_engine_alone_needs_its_own_version(fake_go: FakeGo) -> None:
    """Go 1.24 is too old for Prometheus and does for Alertmanager."""
    fake_go(version="go1.24.0")
    alone = [engine for engine in recipes.engines() if engine.name == "alertmanager"]
    assert go.find(alone).modules.name == "modules"


def test_broken_go(fake_go: FakeGo) -> None:
    """A `go` that is no Go is named with what it says."""
    program = fake_go()
    program.write_text("#!/bin/sh\necho 'cannot find GOROOT' >&2\nexit 2\n")
    with pytest.raises(failure.EngineFailure, match=r"does not work.*cannot find GOROOT"):
        go.find(recipes.engines())


def test_environment_is_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's flags and folders stay; cgo is off, and a go.work above counts for nothing."""
    monkeypatch.setenv("GOFLAGS", "-p=1")
    monkeypatch.setenv("GOTMPDIR", "/somewhere")
    monkeypatch.setenv("CGO_ENABLED", "1")
    environ = go.environment(tmp_path, tmp_path / "programs")
    assert (environ["GOFLAGS"], environ["GOTMPDIR"]) == ("-p=1", "/somewhere")
    assert (environ["CGO_ENABLED"], environ["GOWORK"]) == ("0", "off")
