"""`labotel doctor`: what `configure` finds here, and what is missing."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from typing import Final, Literal

import click

from labotel.cli.application import load, settings_option
from labotel.export.settings import resolve
from labotel.integrations.known import KNOWN, Integration, is_wanted

State = Literal["connected", "missing", "off"]
_SIGNS: Final[dict[State, tuple[str, str, str]]] = {
    "connected": ("✓", "+", "green"),
    "missing": ("✗", "x", "red"),
    "off": ("-", "-", "yellow"),
}
"""How a state is shown: its sign, that of a terminal without such signs, and its colour."""


@dataclass(frozen=True)
class Found:
    """One integration, as it is here."""

    name: str
    state: State
    version: str | None
    """Of what it observes; None for Python's own, and where it is not installed."""
    what: str
    """Why it is off, or the line that installs it."""


@click.command(short_help="Show what is instrumented here, and what is missing.")
@click.option("--list", "listed", is_flag=True, help="List the integrations (the default).")
@settings_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor(listed: bool, settings: str | None, as_json: bool) -> None:
    """Show each integration: connected, missing with the line that installs it, or off.

    By the application's settings where they can be found, else by the environment. Nothing is
    connected or sent meanwhile.
    """
    found = findings(_instrument(settings))
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    wide = _writable("".join(sign for sign, _, _ in _SIGNS.values()))
    names = max(len(one.name) for one in found)
    versions = max(len(one.version or "") for one in found)
    for one in found:
        sign, plain, colour = _SIGNS[one.state]
        row = f"{one.name:<{names}}  {one.version or '':<{versions}}  {one.what}".rstrip()
        # click leaves colours out where nobody sees them.
        click.echo(f"{click.style(sign if wide else plain, fg=colour)} {row}")


def findings(instrument: Sequence[str] | None) -> list[Found]:
    """Return every integration with its state under this choice."""
    return [_find(name, one, instrument) for name, one in KNOWN.items()]


def _find(name: str, one: Integration, instrument: Sequence[str] | None) -> Found:
    version = _version(one.packages[0]) if one.packages else None
    if not is_wanted(name, instrument):
        return Found(name, "off", version, _why_off(name, one, instrument))
    if one.missing:
        return Found(name, "missing", version, one.install)
    return Found(name, "connected", version, "")


def _why_off(name: str, one: Integration, instrument: Sequence[str] | None) -> str:
    if f"-{name}" in (instrument or ()):
        return "switched off by instrument"
    if not one.default:
        return "no default: name it in instrument"
    return "instrument names others alone"


def _instrument(settings: str | None) -> Sequence[str] | None:
    """Return what is chosen here; an application that cannot be loaded is said, and left out."""
    try:
        assembly = load(settings)
    except click.ClickException as error:
        click.echo(f"{error.format_message()}; this is by the environment alone", err=True)
        assembly = None
    chosen = resolve({}, os.environ, {})[0] if assembly is None else assembly.settings
    names: Sequence[str] | None = chosen.instrument
    return names


def _version(package: str) -> str | None:
    """Return the version of the distribution that a package comes from."""
    for name in _distributions().get(package.partition(".")[0], ()):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:  # removed a moment ago
            continue
    return None


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(metadata.packages_distributions())


def _writable(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
