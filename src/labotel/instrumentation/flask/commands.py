"""`flask labotel`: the current values, the health, and additions to counters."""

import click
from flask import Blueprint

from labotel.instrumentation import command
from labotel.instrumentation.command import Format, Said, Wrong

_format = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)


def commands(to: Blueprint) -> None:
    """Add the commands to a blueprint."""

    @to.cli.command("show")
    @_format
    def show(form: Format) -> None:
        """Show the current values."""
        _said(lambda: command.show(form))

    @to.cli.command("health")
    @_format
    @click.pass_context
    def health(context: click.Context, form: Format) -> None:
        """Run the checks of /health; ends with 1 where something is unhealthy."""
        text, well = command.health(form)
        click.echo(text)
        context.exit(0 if well else 1)

    @to.cli.command("increment")
    @click.argument("metric")
    @click.option("--value", default="1", show_default=True, help="How much is added.")
    @click.option("--label", multiple=True, metavar="LABEL=VALUE", help="Once for each label.")
    @_format
    def increment(metric: str, value: str, label: tuple[str, ...], form: Format) -> None:
        """Add to a counter."""
        _said(lambda: command.increment(metric, value, label, form))

    @to.cli.command("record")
    @_format
    def record(form: Format) -> None:
        """Add one to a series of each counter: test data."""
        _said(lambda: command.record(form))


def _said(make: Said) -> None:
    try:
        click.echo(make())
    except Wrong as wrong:
        raise click.ClickException(str(wrong)) from None
