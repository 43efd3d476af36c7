"""Runs that meet another one, or an end from outside."""

import os
import signal
import time
from pathlib import Path

import pytest

from engines import binary, cache

from .conftest import FakeGo, Start


def written(file: Path) -> str:
    """Return what a file has, once it has a line."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if file.exists() and file.read_text().endswith("\n"):
            return file.read_text()
        time.sleep(0.02)
    raise AssertionError(f"{file} was not written")


def gone(pid: int) -> bool:
    """Whether a process has ended; one whose end nobody took note of yet has, too."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def test_a_second_run_waits_and_says_so(start: Start, fake_go: FakeGo, cache_folder: Path) -> None:
    """It names the process that it waits for, and builds once that has ended."""
    fake_go()
    with cache.lock(print):
        process = start("loki")
        assert process.stderr is not None
        told = process.stderr.readline()
        still_waits = process.poll() is None
    with process:
        process.communicate(timeout=60)
    assert f"Another `make engines` is at work (process {os.getpid()})" in told
    assert still_waits
    assert process.returncode == 0
    assert binary("loki").is_file()


def test_a_waiting_run_can_be_ended(start: Start, fake_go: FakeGo, cache_folder: Path) -> None:
    """Ctrl-C ends the waiting as well as the building."""
    fake_go()
    with cache.lock(print), start("loki") as process:
        assert process.stderr is not None
        process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130


def test_what_the_other_run_built_is_not_built_again(
    start: Start, fake_go: FakeGo, cache_folder: Path, tmp_path: Path
) -> None:
    """Two runs at once call Go as often as one."""
    fake_go(f'echo "$1" >> {tmp_path}/calls; sleep 0.3')
    first, second = start("loki"), start("loki")
    with first, second:
        first.communicate(timeout=60)
        second.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)
    assert (tmp_path / "calls").read_text().split() == ["get", "build"]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted(
    start: Start, fake_go: FakeGo, cache_folder: Path, tmp_path: Path, sign: int
) -> None:
    """What Go started ends too, nothing half-built stays, and the message says how to go on."""
    fake_go(f"sleep 600 &\necho $$ $! > {tmp_path}/pids\nwait")
    with start("prometheus") as process:
        pids = [int(pid) for pid in written(tmp_path / "pids").split()]
        assert not any(gone(pid) for pid in pids)
        process.send_signal(sign)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 130
    assert all(gone(pid) for pid in pids)
    assert "prometheus 3.16.0: interrupted after" in told
    assert "Run it again: it goes on there" in told
    assert sorted(path.name for path in cache_folder.iterdir()) == [".lock", "logs"]


def test_go_that_does_not_end_by_itself(
    start: Start, fake_go: FakeGo, cache_folder: Path, tmp_path: Path, monkeypatch
) -> None:
    """A process that ignores the request is ended for good."""
    fake_go(f"trap '' TERM\nsleep 600 &\necho $$ $! > {tmp_path}/pids\nwait")
    with start("prometheus") as process:
        pids = [int(pid) for pid in written(tmp_path / "pids").split()]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=40)
    assert all(gone(pid) for pid in pids)
