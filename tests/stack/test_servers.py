"""What is said where an engine cannot start, and that nothing outlives a run."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver.processes import DidNotStart
from engines import MissingEngine
from running import clean_environment, run

from . import backends, debian
from .collector_fixtures import small_disk
from .servers import Server
from .stack import TOKEN, Stack

__all__ = ["small_disk"]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def taken() -> Iterator[int]:
    """A port where somebody else listens."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("make", [backends.prometheus, backends.loki, debian.redis, debian.nginx])
def test_a_taken_port_is_named(
    make: type[Server], taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the engine's own words, and nothing is left running."""
    for module in (backends, debian):
        monkeypatch.setattr(module, "free_port", lambda: taken)
    server = make(tmp_path)
    server.ready = lambda: False  # who answers there is the other
    with pytest.raises(DidNotStart, match=rf"{server.name}: one of its ports \({taken}"):
        server.start()
    assert not _running(str(tmp_path))


def test_a_full_disk_is_named(small_disk: Path) -> None:
    """Loki writes as soon as it starts."""
    (small_disk / "other").write_bytes(b"x" * 4_190_000)
    with pytest.raises(DidNotStart, match=f"loki: the disk of {small_disk} is full"):
        backends.loki(small_disk).start()
    assert not _running(str(small_disk))


def test_a_missing_engine_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that builds it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(MissingEngine, match=r"prometheus is not built yet .* run `make engines`"):
        backends.prometheus(tmp_path)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the command that installs it."""
    monkeypatch.setattr(debian, "_FOLDERS", ["/nowhere"])
    with pytest.raises(debian.MissingProgram, match=r"nginx is missing: `apt-get install .*nginx"):
        debian.program("nginx")


def test_a_wrong_token_is_said_by_the_application(stack: Stack, tmp_path: Path) -> None:
    """What the receiver answered, and which setting mends it; the token itself is not said."""
    environment = clean_environment() | {
        "PYTHONPATH": str(ROOT / "tests"),
        "OTEL_EXPORTER_OTLP_ENDPOINT": stack.endpoint,
        "OTEL_EXPORTER_OTLP_HEADERS": f"authorization=Bearer%20not-{TOKEN}",
        "OTEL_SERVICE_NAME": "stranger",
        "LABOTEL_RUNTIME_DIR": str(tmp_path),
        "LABOTEL_PSEUDONYM_KEY": "tests",
    }
    body = """
    import logging
    logging.basicConfig(stream=sys.stdout)
    order(1)
    labotel.flush(5)
    """
    said = run(body, environment)
    assert f"{stack.endpoint}/v1/logs: 401 (the receiver asks for a token" in said
    assert "see the setting `headers`" in said
    assert TOKEN not in said


def test_nothing_outlives_a_run_that_is_killed(tmp_path: Path) -> None:
    """Not even with the signal that nobody can take."""
    script = f"""
    import sys, time
    sys.path.append({str(ROOT / "examples" / "lab")!r})
    sys.path.append({str(ROOT / "tests")!r})
    sys.path.append({str(ROOT)!r})
    from pathlib import Path
    from stack import debian
    server = debian.redis(Path({str(tmp_path)!r}))
    server.start()
    print(server.pid, flush=True)
    time.sleep(60)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        env=clean_environment(), stdout=subprocess.PIPE, text=True,
    ) as outer:  # fmt: skip
        assert outer.stdout is not None
        pid = int(outer.stdout.readline())
        outer.send_signal(signal.SIGKILL)
    end = time.monotonic() + 10
    while _lives(pid):
        assert time.monotonic() < end, "redis outlived its run"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def _running(folder: str) -> list[str]:
    """The processes that work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "cwd") == folder and _lives(int(process.name)):
                found.append(process.name)
        except OSError:
            continue
    return found
