"""A stand-in for Go on the PATH, a cache folder of each test's own, and the command with both."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

GO = """#!/bin/sh
# Makes the programs it is asked for, as Go would: `install` into $GOBIN, `build` where -o says.
if [ "$1" = env ]; then
  echo '{{"GOVERSION": "{version}", "GOTOOLCHAIN": "{toolchain}", '
  echo ' "GOMODCACHE": "{folder}/modules", "GOCACHE": "{folder}/objects"}}'
  exit 0
fi
echo "go: downloading example.org/module v1.0.0"
echo "example.org/module/package"
{body}
made() {{ mkdir -p "$(dirname "$1")"; echo '#!/bin/sh' > "$1"; chmod +x "$1"; }}
case "$1" in
  run) mkdir -p build ;;
  install) for word; do case "$word" in *@*) p="${{word%@*}}"; made "$GOBIN/${{p##*/}}" ;; esac; done ;;
  build) while [ "$1" != -o ]; do shift; done; made "$2" ;;
esac
"""  # noqa: E501

FakeGo = Callable[..., Path]
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, for this process and for those it starts; where the engines go in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "labotel" / "engines"


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    """Put a Go on the PATH that does `body` in each call, then what Go would."""

    def put(body: str = "", version: str = "go1.99.0", toolchain: str = "local") -> Path:
        program = tmp_path / "path" / "go"
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            GO.format(body=body, version=version, toolchain=toolchain, folder=tmp_path)
        )
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
        return program

    return put


@pytest.fixture
def start(cache_folder: Path) -> Start:
    """Start `python -m engines` as the Makefile does; its output has no terminal."""

    def started(*arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "engines", *arguments],
            cwd=ROOT,
            env=dict(os.environ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return started


@pytest.fixture
def run(start: Start) -> Callable[..., tuple[int, str, str]]:
    """Run `python -m engines` to its end: exit code, output, what it told."""

    def ran(*arguments: str) -> tuple[int, str, str]:
        with start(*arguments) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    return ran
