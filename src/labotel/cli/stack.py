"""`labotel stack init`: the stack's compose files, with secrets made, from the wheel alone."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import click

import labotel
from labotel.catalogs.builtin import BUILT_IN
from labotel.cli import shipped
from labotel.cli.application import catalogs_argument, chosen, settings_option
from labotel.cli.extra import extra
from labotel.events.catalog import Catalog

PARTS: Final = ("collector", "compose", "docs/runbooks")
LABORATORY: Final = "examples/lab"
_LEFT_OUT: Final = frozenset({"__pycache__", "generated", "backups", "var"})
"""What a checkout has there that is not shipped, or is made anew; no `.env…` is shipped, either."""


@click.group(short_help="The stack: Collector, Prometheus, Loki, Tempo, Grafana, Alertmanager.")
def stack() -> None:
    """Run the stack that telemetry needs, with Docker Compose."""


@stack.command(short_help="Write the stack's files into a folder, or update them there.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@catalogs_argument
@settings_option
@click.option("--lab", is_flag=True, help="With the example: the laboratory.")
def init(folder: Path, catalogs: Sequence[str], settings: str | None, lab: bool) -> None:
    """Write the stack's files into FOLDER, with secrets made, and rules and dashboards rendered.

    They are those of the application in this folder, or of the catalogues given as MODULE:CATALOG;
    where there is none, those that come with labotel. In a folder that has them already it is an
    update: secrets stay, and what somebody changed stays beside the new one, as NAME.new.
    """
    try:
        _init(folder, catalogs, settings, lab)
    except (OSError, shipped.Foreign) as error:
        raise click.ClickException(str(error)) from error


def _init(folder: Path, catalogs: Sequence[str], settings: str | None, lab: bool) -> None:
    os.umask(0o022)  # the users of the images read these files; `init` keeps .env to its owner
    with extra("render"):
        from labotel.render import files
        from labotel.render import folder as rendered
    try:
        found = _catalogs(catalogs, settings, lab)
        made = files.files(BUILT_IN, found)
    except files.RenderError as error:
        raise click.ClickException(str(error)) from error
    parts = (*PARTS, LABORATORY) if lab else PARTS
    home = _home()
    if not lab and (folder / LABORATORY / "manage.py").is_file():
        raise click.ClickException(f"{folder} has the laboratory: give --lab again")
    lost = [] if found else rendered.lost(folder / "compose" / "generated", made)
    if lost:
        raise click.ClickException(
            f"{folder} has {', '.join(lost)} of catalogues that are not given now: run it in the"
            f" application's folder, or name them as MODULE:CATALOG. Where they are to go, remove"
            f" {folder / 'compose' / 'generated'} first"
        )
    kept = shipped.write(folder, {path: (home / path).read_bytes() for path in _paths(home, parts)})
    try:
        rendered.write(folder / "compose" / "generated", made)
    except rendered.NotOurs as error:
        raise click.ClickException(str(error)) from error
    done = subprocess.run(
        ["/bin/sh", str(folder / "compose" / "init"), *(["--lab"] if lab else [])],
        env={**os.environ, "LABOTEL_PACKAGE": f"labotel=={labotel.__version__}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise click.ClickException(done.stderr.strip())
    for one in kept:
        click.echo(f"{one.path} was changed and stays; the new one is {one.new}")
    click.echo(f"The stack is in {folder}: {done.stdout.strip()}")
    click.echo(f"Start it: cd {folder / 'compose'} && docker compose up --detach")


def _catalogs(places: Sequence[str], settings: str | None, lab: bool) -> list[Catalog]:
    if lab:
        from labotel.catalogs import lab as laboratory

        return [laboratory.catalog]
    try:
        return chosen(places, settings)
    except click.ClickException:
        if places or settings or Path("manage.py").exists():
            raise
        return []


def _home() -> Path:
    """Return the folder that the files are in: a wheel brings them within the package."""
    package = Path(labotel.__file__).parent
    return package / "stack" if (package / "stack").is_dir() else package.parents[1]


def _paths(home: Path, parts: Sequence[str]) -> list[str]:
    found = (path for part in parts for path in (home / part).rglob("*") if path.is_file())
    names = (path.relative_to(home) for path in found)
    return sorted(
        str(name)
        for name in names
        if not _LEFT_OUT & set(name.parts) and not name.name.startswith(".env")
    )
