"""Building: an engine is there as a whole or not at all, and a failure says what to do."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from engines import MissingEngine, binary, child, failure, progress

from .conftest import FakeGo

Run = Callable[..., tuple[int, str, str]]


def folders(cache_folder: Path) -> list[str]:
    """Return what lies in the cache beside the lock and the logs."""
    return sorted(p.name for p in cache_folder.iterdir() if p.name not in {".lock", "logs"})


def test_all_engines(run: Run, fake_go: FakeGo, cache_folder: Path) -> None:
    """One run makes every program; `binary` then names each, and nothing else lies about."""
    fake_go()
    code, out, _ = run()
    assert code == 0
    assert str(cache_folder) in out
    for name in (
        "labotel-collector", "prometheus", "promtool", "alertmanager", "amtool", "loki",
        "compose-config",
    ):  # fmt: skip
        assert binary(name).is_file()
    assert [name.split("-")[0] for name in folders(cache_folder)] == [
        "alertmanager", "collector", "compose", "loki", "prometheus",
    ]  # fmt: skip


def test_nothing_to_do(run: Run, fake_go: FakeGo, cache_folder: Path, monkeypatch) -> None:
    """What is there is not built again, and then no Go is needed either."""
    fake_go()
    assert run()[0] == 0
    before = binary("loki").stat()
    monkeypatch.setenv("PATH", "/nowhere")
    code, out, told = run()
    assert (code, told) == (0, "")
    assert "loki 3.7.8" in out
    assert binary("loki").stat() == before


def test_missing_engine(cache_folder: Path) -> None:
    """The exception names the program, its engine with the version, and the command."""
    with pytest.raises(MissingEngine, match=r"promtool .*prometheus 3\.16\.0.*`make engines`"):
        binary("promtool")


def test_unknown_program(cache_folder: Path) -> None:
    """A name that no engine has is a mistake in the code; the names that there are stand there."""
    with pytest.raises(ValueError, match=r"'prom'.*promtool"):
        binary("prom")


def test_unknown_engine(run: Run) -> None:
    """The command names the engines that there are."""
    code, _, told = run("grafana")
    assert code == 2
    assert (
        "'grafana': no such engine; there is collector, prometheus, alertmanager, loki, compose"
        in told
    )


def test_failed_build(run: Run, fake_go: FakeGo, cache_folder: Path) -> None:
    """Nothing is left of it but the log, which has all that Go said; the message has its end."""
    fake_go("i=1; while [ $i -le 50 ]; do echo \"line $i.\"; i=$((i+1)); done; exit 3")  # fmt: skip
    code, _, told = run("prometheus")
    assert code == 1
    assert "prometheus 3.16.0 could not be built: `go install` gave code 3" in told
    assert "| line 21." in told
    assert "line 20." not in told
    assert folders(cache_folder) == []
    (log,) = (cache_folder / "logs").iterdir()
    assert str(log) in told
    assert "line 1.\n" in log.read_text()


def test_half_an_engine(run: Run, fake_go: FakeGo, cache_folder: Path) -> None:
    """A build that makes one of two programs leaves neither."""
    fake_go('[ "$1" = install ] && { echo > "$GOBIN/prometheus"; exit 0; }')
    code, _, told = run("prometheus")
    assert code == 1
    assert "Go made no promtool" in told
    assert folders(cache_folder) == []


def test_a_program_was_removed(run: Run, fake_go: FakeGo, cache_folder: Path) -> None:
    """An engine without one of its programs is not there, and is made again as a whole."""
    fake_go()
    assert run("prometheus")[0] == 0
    binary("promtool").unlink()
    with pytest.raises(MissingEngine):
        binary("prometheus")
    assert run("prometheus")[0] == 0
    assert binary("promtool").is_file()


def test_a_killed_run_left_its_workplace(run: Run, fake_go: FakeGo, cache_folder: Path) -> None:
    """What lies in a workplace of an earlier run is not taken for this run's."""
    fake_go('[ -e left ] && { echo "left over"; exit 1; }; touch left')
    assert run("alertmanager")[0] == 0
    (key,) = folders(cache_folder)
    (cache_folder / key / "amtool").unlink()
    (cache_folder / f".work-{key}").mkdir()
    (cache_folder / f".work-{key}" / "left").touch()
    assert run("alertmanager")[0] == 0


def test_list(run: Run, fake_go: FakeGo, cache_folder: Path) -> None:
    """`--list` says what is there and where, and by its exit code whether something is missing."""
    fake_go()
    run("loki")
    code, out, _ = run("--list")
    assert code == 1
    assert f"loki 3.7.8 (loki): {binary('loki').parent}" in out
    assert "prometheus 3.16.0 (prometheus, promtool): not built" in out
    assert run("--list", "loki")[0] == 0


@pytest.mark.parametrize(
    ("said", "fix"),
    [
        ("write /tmp/x.a: no space left on device", "The disk is full: /cache has 0.1 GB free."),
        ("verifying a@v1/go.mod: checksum mismatch", "goes on where it stopped"),
        ('Get "https://x/@v/list": dial tcp: lookup x: no such host', "goes on where it stopped"),
        ("502 Bad Gateway", "goes on where it stopped"),
        ("go: a@v1 requires go >= 1.99.0 (running go 1.26.8; GOTOOLCHAIN=local)", "too old"),
        ("x/y: compile: signal: killed", "GOFLAGS=-p=1"),
        ("x.go:3:1: syntax error", ""),
    ],
)
def test_advice(said: str, fix: str) -> None:
    """The fix is said where it is known, and nothing where it is not."""
    assert fix in failure.advice(f"before\n{said}\nafter", "/cache has 0.1 GB free")
    assert bool(failure.advice(said, "")) == bool(fix)


def test_a_cache_that_cannot_be_written(run: Run, fake_go: FakeGo, cache_folder: Path) -> None:
    """The message is one line with the folder, and no traceback."""
    fake_go()
    cache_folder.parent.mkdir(parents=True)
    cache_folder.touch()  # a file where the folder should be
    code, _, told = run()
    assert code == 1
    assert str(cache_folder) in told
    assert len(told.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_ends_no_reading() -> None:
    """What Go says is read to its end, as it would wait for a reader for ever."""
    with open("/dev/full", "wb", buffering=0) as log:
        said = child.Said(log, progress.Progress("loki", io.StringIO()))
        said.read(io.StringIO("one\nno space left on device\n"))
    assert list(said.end) == ["one", "no space left on device"]
