"""The Go on this machine: found, asked for its version and folders, refused when too old."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engines.failure import EngineFailure
from engines.recipes import Engine

_SOURCES: Final = (
    "get it from https://go.dev/dl, or as Debian's package golang where that is new enough"
)
_FETCHES_ITSELF: Final = (1, 21, 0)
"""The first Go that can fetch a newer one, where GOTOOLCHAIN lets it."""


@dataclass(frozen=True)
class Go:
    """A Go that is new enough, and its two caches."""

    program: str
    modules: Path
    objects: Path


def find(engines: Sequence[Engine]) -> Go:
    """Return the Go of the PATH, if it can build these engines."""
    strictest = max(engines, key=lambda engine: _numbers(engine.go))
    program = shutil.which("go")
    if program is None:
        raise EngineFailure(
            f"Go is missing: there is no `go` on the PATH. {strictest.title} needs Go "
            f"{strictest.go} or newer: {_SOURCES}."
        )
    said = _environment(program)
    version, needed = _numbers(said["GOVERSION"]), _numbers(strictest.go)
    toolchain = said["GOTOOLCHAIN"]
    fetches = version >= _FETCHES_ITSELF and toolchain.endswith(("auto", "path"))
    if version < needed and not fetches:
        other = (
            f", or let this one fetch a newer one: GOTOOLCHAIN=auto (it is {toolchain})"
            if version >= _FETCHES_ITSELF
            else ""
        )
        raise EngineFailure(
            f"Go is too old: {program} is {said['GOVERSION'] or 'of an unknown version'}, and "
            f"{strictest.title} needs {strictest.go} or newer: {_SOURCES}{other}."
        )
    return Go(program, Path(said["GOMODCACHE"]), Path(said["GOCACHE"]))


def environment(work: Path, programs: Path) -> dict[str, str]:
    """Return the environment of a build: the user's, with what the recipes rely on."""
    temporary = work / "tmp"
    temporary.mkdir()
    fixed = {"CGO_ENABLED": "0", "GOWORK": "off", "GOBIN": str(programs)}
    # Below the workplace, so that it is on the disk that was asked for space and goes with it.
    return {"GOTMPDIR": str(temporary), **os.environ, **fixed}


def _environment(program: str) -> dict[str, str]:
    names = ("GOVERSION", "GOTOOLCHAIN", "GOMODCACHE", "GOCACHE")
    asked = subprocess.run(
        [program, "env", "-json", *names], capture_output=True, text=True, check=False
    )
    try:
        said: dict[str, str] = json.loads(asked.stdout)
    except ValueError:
        text = (asked.stderr or asked.stdout).strip()
        raise EngineFailure(f"{program} does not work: `go env` says {text!r}") from None
    return dict.fromkeys(names, "") | said


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of `1.26.5`, `go1.26.8 X:…` or `go1.27rc1`; nothing known is oldest."""
    match = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", version)
    return tuple(int(number or 0) for number in match.groups()) if match else (0, 0, 0)
