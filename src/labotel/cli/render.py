"""`labotel render`: rules, dashboards and the reference page, from the declarations."""

from collections.abc import Sequence
from pathlib import Path

import click

from labotel.catalogs.builtin import BUILT_IN
from labotel.cli.application import catalogs_argument, chosen, settings_option
from labotel.cli.extra import extra


@click.command(short_help="Write rules, dashboards and a reference page from the declarations.")
@catalogs_argument
@settings_option
@click.option("--out", default="observability", type=click.Path(path_type=Path, file_okay=False),
              show_default=True, help="The folder that the files stand in.")  # fmt: skip
@click.option("--runbooks", default="docs/runbooks", metavar="URL", show_default=True,
              help="Where the alerts' runbooks stand.")  # fmt: skip
@click.option("--check", is_flag=True,
              help="Write nothing; end with 1 where the files lag behind (for CI).")  # fmt: skip
def render(
    catalogs: Sequence[str], settings: str | None, out: Path, runbooks: str, check: bool
) -> None:
    """Write what is made of the declarations: rules, dashboards and a reference page.

    The catalogues are those that the application's settings configure, or those given as
    MODULE:CATALOG; labotel's built-in ones are always among them. A query that names what no
    catalogue emits is an error, with its place.
    """
    with extra("render"):
        from labotel.render import files, folder
    try:
        made = files.files(BUILT_IN, chosen(catalogs, settings), runbooks)
    except files.RenderError as error:
        raise click.ClickException(str(error)) from error
    try:
        if not check:
            folder.write(out, made)
        lagging = folder.lagging(out, made) if check else []
    except (folder.NotOurs, OSError) as error:
        raise click.ClickException(str(error)) from error
    if lagging:
        lines = "".join(f"\n  - {line}" for line in lagging)
        raise click.ClickException(f"{out} lags behind; run labotel render again:{lines}")
    if not check:
        click.echo(f"{len(made)} files in {out}")
