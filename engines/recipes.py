"""The engines as data: the version of each, its programs, and the calls of Go that make them.

Why these versions: README.md beside. `netgo`, no cgo and `-trimpath` make programs that need
nothing of the machine they run on.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engines.failure import EngineFailure

PROGRAMS: Final = "{programs}"
"""Stands in a step for the folder that the programs go to."""

_HERE: Final = Path(__file__).parent
MANIFEST: Final = _HERE.parent / "collector" / "manifest.yaml"
LOKI: Final = _HERE / "loki" / "go.mod"
COMPOSE: Final = _HERE / "compose"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One call of Go, and the folder below the workplace in which it runs."""

    arguments: tuple[str, ...]
    folder: str = "."


@dataclass(frozen=True, kw_only=True)
class Engine:
    """One engine: `files` are copied to the workplace, then the steps run there."""

    name: str
    version: str
    programs: tuple[str, ...]
    go: str
    """The oldest Go that its modules accept."""
    minutes: int
    """What a cold build takes on two cores, about."""
    steps: tuple[Step, ...]
    files: tuple[Path, ...] = ()

    @property
    def title(self) -> str:
        """Name and version, as a reader is told them."""
        return f"{self.name} {self.version}"

    @property
    def key(self) -> str:
        """The name of its folder; a hash of the recipe, so that another recipe is built anew."""
        recipe = json.dumps([[step.folder, *step.arguments] for step in self.steps]).encode()
        content = b"\0".join([recipe, *(file.read_bytes() for file in self.files)])
        return f"{self.name}-{self.version}-{hashlib.sha256(content).hexdigest()[:8]}"


def engines() -> tuple[Engine, ...]:
    """Return all engines, in the order in which they are built."""
    return (
        collector(MANIFEST),
        prometheus("3.16.0"),
        alertmanager("0.31.1"),
        loki(LOKI),
        compose(COMPOSE),
    )


def collector(manifest: Path) -> Engine:
    """Return the Collector of a manifest; its version and its program's name stand there."""
    dist = _dist(manifest)
    builder = f"go.opentelemetry.io/collector/cmd/builder@v{dist['version']}"
    return Engine(
        name="collector",
        version=dist["version"],
        programs=(dist["name"],),
        go="1.24.0",
        minutes=8,
        files=(manifest,),
        steps=(
            # The builder writes a module; Go builds it here, as only so its progress can be seen.
            Step(arguments=("run", "-v", builder, "--config", manifest.name, "--skip-compilation")),
            Step(
                arguments=("build", *_flags(), "-o", f"{PROGRAMS}/{dist['name']}", "."),
                folder=dist["output_path"],
            ),
        ),
    )


def prometheus(version: str) -> Engine:
    """Return Prometheus; release 3.16.0 is the module's v0.316.0."""
    major, minor, patch = version.split(".")
    return Engine(
        name="prometheus",
        version=version,
        programs=("prometheus", "promtool"),
        go="1.26.7",
        minutes=5,
        # Without the service discoveries: a module that one of them needs cannot be had.
        steps=(
            _install(
                "github.com/prometheus/prometheus",
                f"v0.{major}{int(minor):02}.{patch}",
                ("prometheus", "promtool"),
                *_flags("github.com/prometheus/common/version.Version", version),
                "-tags",
                "remove_all_sd,netgo",
            ),
        ),
    )


def alertmanager(version: str) -> Engine:
    """Return Alertmanager with its command-line tool."""
    flags = _flags("github.com/prometheus/common/version.Version", version)
    programs = ("alertmanager", "amtool")
    step = _install("github.com/prometheus/alertmanager", f"v{version}", programs, *flags)
    return Engine(
        name="alertmanager",
        version=version,
        programs=programs,
        go="1.24.0",
        minutes=2,
        steps=(step,),
    )


def loki(module: Path) -> Engine:
    """Return Loki; its version and the Go that it needs stand in the module file."""
    text = module.read_text()
    package = "github.com/grafana/loki/v3/cmd/loki"
    version = _found(r"^require github\.com/grafana/loki/v3 v(\S+)", text, module)
    flags = _flags("github.com/grafana/loki/v3/pkg/util/build.Version", version)
    return Engine(
        name="loki",
        version=version,
        programs=("loki",),
        go=_found(r"^go (\S+)", text, module),
        minutes=11,
        files=(module,),
        steps=(
            Step(arguments=("get", "-tool", f"{package}@v{version}")),
            Step(arguments=("build", *flags, "-o", f"{PROGRAMS}/loki", package)),
        ),
    )


def compose(folder: Path) -> Engine:
    """Return the reader of compose files; its version is that of the library in its module file."""
    module = folder / "go.mod"
    text = module.read_text()
    return Engine(
        name="compose",
        version=_found(r"^require github\.com/compose-spec/compose-go/v2 v(\S+)", text, module),
        programs=("compose-config",),
        go=_found(r"^go (\S+)", text, module),
        minutes=1,
        files=(module, folder / "main.go"),
        steps=(
            Step(arguments=("get", ".")),
            Step(arguments=("build", *_flags(), "-o", f"{PROGRAMS}/compose-config", ".")),
        ),
    )


def _install(module: str, version: str, programs: tuple[str, ...], *flags: str) -> Step:
    packages = (f"{module}/cmd/{program}@{version}" for program in programs)
    return Step(arguments=("install", *flags, *packages))


def _flags(variable: str = "", version: str = "") -> tuple[str, ...]:
    """Return the flags of every build; the variable is what the program says as its version."""
    linker = f"-s -w -X {variable}={version}" if variable else "-s -w"
    # No -buildvcs: a cache folder may lie within somebody's repository, which says nothing here.
    return ("-v", "-trimpath", "-buildvcs=false", "-ldflags", linker)


def _dist(manifest: Path) -> dict[str, str]:
    """Return the plain values of a manifest's `dist`; they need no parser of YAML."""
    block = _found(r"^dist:[ \t]*\n((?:[ \t].*\n|[ \t]*\n)+)", manifest.read_text(), manifest)
    values = dict(re.findall(r"^ +(\w+): *[\"']?([^\"'#\n]*[^\"'#\s])", block, re.MULTILINE))
    for needed in ("name", "version", "output_path"):
        if needed not in values:
            raise EngineFailure(f"{manifest}: `dist` has no `{needed}`")
    return values


def _found(pattern: str, text: str, file: Path) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise EngineFailure(f"{file}: nothing there matches {pattern}")
    return match[1]
