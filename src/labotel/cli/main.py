"""The command `labotel` and its subcommands."""

import click

from labotel import __version__
from labotel.cli.budget import budget
from labotel.cli.diff import diff
from labotel.cli.doctor import doctor
from labotel.cli.render import render
from labotel.cli.stack import stack
from labotel.cli.view import view
from labotel.cli.who import who


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="labotel")
def main() -> None:
    """Declare a domain event once; get its metrics, logs and traces."""


for command in (budget, diff, doctor, render, stack, view, who):
    main.add_command(command)

if __name__ == "__main__":
    main()
