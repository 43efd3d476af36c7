"""What the Collector's files declare and use, read by their layout: a section, then its names."""

import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .collector import COLLECTOR

KINDS = ("receivers", "processors", "exporters", "connectors", "extensions")


def named(file: Path) -> dict[str, str]:
    """The text under each component and pipeline, by its section and name, without comments."""
    found: dict[str, list[str]] = {}
    section = name = ""
    for line in file.read_text().splitlines():
        line = re.sub(r"(^|\s)#.*", "", line).rstrip()
        if match := re.fullmatch(r"(\w+):", line):
            section, name = match[1], ""
        elif section == "service" and (match := re.fullmatch(r"    ([\w/-]+):", line)):
            name = f"pipelines {match[1]}"
        elif section in KINDS and (match := re.match(r"  ([\w/-]+):(.*)", line)):
            name = f"{section} {match[1]}"
            found[name] = [match[2]]
            continue
        if name and line:
            found.setdefault(name, []).append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def declared(file: Path) -> set[tuple[str, str]]:
    """Each component that a file configures: its kind and its name."""
    return {
        (kind, name) for kind, name in (key.split(" ", 1) for key in named(file)) if kind in KINDS
    }


def used(file: Path) -> set[tuple[str, str]]:
    """Each component that a pipeline of a file, or its service, names."""
    service = file.read_text().partition("\nservice:\n")[2].partition("  telemetry:")[0]
    lists = re.findall(
        r"^ +(receivers|processors|exporters|extensions): \[(.*)\]", service, re.MULTILINE
    )
    found = {(kind, name) for kind, names in lists for name in names.split(", ")}
    # A connector is an exporter of one pipeline and a receiver of another.
    ends = {
        name
        for kind, name in found
        if kind == "exporters" and (kind, name) not in _configured("exporters")
    }
    return {("connectors" if name in ends else kind, name) for kind, name in found}


def _configured(kind: str) -> set[tuple[str, str]]:
    return {
        component
        for file in COLLECTOR.glob("*.yaml")
        for component in declared(file)
        if component[0] == kind
    }


def manifest() -> set[str]:
    """The modules that the manifest names, with their versions, without its providers."""
    text = (COLLECTOR / "manifest.yaml").read_text().partition("\nproviders:")[0]
    return set(re.findall(r"gomod: (\S+ v\S+)", text))


def built(binary: Path) -> tuple[set[str], set[tuple[str, str]]]:
    """The modules that a binary is made of, and its components by kind."""
    said = subprocess.run([binary, "components"], capture_output=True, text=True, check=True).stdout
    modules: set[str] = set()
    types: set[tuple[str, str]] = set()
    kind = name = ""
    for line in said.splitlines():
        if match := re.fullmatch(r"(\w+):", line):
            kind = match[1]
        elif match := re.fullmatch(r" +- name: (\S+)", line):
            name = match[1]
        elif (match := re.fullmatch(r" +module: (\S+ \S+)", line)) and kind in KINDS:
            modules.add(match[1])
            types.add((kind, name))
    return modules, types


def resolved(binary: Path, names: Iterable[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """What config.yaml and overlays become, put together, with the values of variables."""
    files = [f"--config={COLLECTOR / name}.yaml" for name in ("config", *names)]
    said = subprocess.run(
        [binary, "print-config", "--mode=unredacted", "--format=json", *files],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    configuration: dict[str, Any] = json.loads(said.stdout)
    return configuration
