"""`labotel diff`: what changed between two versions' declarations, and what that breaks."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from labotel.catalogs.builtin import BUILT_IN
from labotel.cli.application import catalog_at, chosen, settings_option
from labotel.cli.extra import extra

if TYPE_CHECKING:
    from labotel.render.declared import Declared


@click.command(short_help="Show what changed in the declarations, and which panels break.")
@click.argument("old")
@click.argument("new", required=False)
@settings_option
@click.option("--queries", "folders", multiple=True, metavar="DIR",
              type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="Dashboards and rules to judge; by default those of OLD, if it is a folder. "
              "May be given again.")  # fmt: skip
def diff(old: str, new: str | None, settings: str | None, folders: tuple[Path, ...]) -> None:
    """Show what changed from OLD to NEW, and which dashboards and alerts that breaks.

    Each is a folder that `labotel render` wrote, its declarations.json, or MODULE:CATALOG; without
    NEW it is what the application declares now. Ends with 1 where something breaks.
    """
    with extra("render"):
        from labotel.render import difference, series
    before, now = _declared(old), _declared(new) if new else _present(settings)
    looked_at = folders or ((Path(old),) if _is_folder(old) else ())
    changes = list(difference.changes(before, now))
    for change in changes:
        _say(f"{'! ' if change.breaks else '  '}{change.text}")
    lines: list[str] = []
    for folder in looked_at:
        asked, said = difference.queries(folder), difference.queries(folder, "loki")
        lines += difference.broken(asked, series.of(before), series.of(now))
        lines += difference.broken_lines(said, before.events, now.events)
    for line in lines:
        _say(f"! {line}")
    breaking = sum(change.breaks for change in changes)
    click.echo(f"{len(changes)} changes, {breaking} may break a query; {len(lines)} queries break")
    if breaking or lines:
        raise SystemExit(1)


def _present(settings: str | None) -> "Declared":
    from labotel.render import declared, files

    return declared.of(files.all_of(BUILT_IN, chosen((), settings)))


def _declared(place: str) -> "Declared":
    from labotel.render import declared, files

    path = Path(place)
    try:
        file = path / "declarations.json" if _is_folder(place) else path
        if ":" in place and not file.exists():
            return declared.of(files.all_of(BUILT_IN, [catalog_at(place)]))
        return declared.read(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(
            f"{place!r}: {error}; allowed: a folder that labotel render wrote, its "
            "declarations.json, or MODULE:CATALOG"
        ) from error


def _is_folder(place: str) -> bool:
    try:
        return Path(place).is_dir()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _say(line: str) -> None:
    """Print a line, in which names of a person's own may hold what a terminal cannot show."""
    encoding = sys.stdout.encoding or "utf-8"
    click.echo(line.encode(encoding, "backslashreplace").decode(encoding))
