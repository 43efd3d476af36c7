"""`manage.py labotel`: the current values, the health, and additions to counters."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labotel.instrumentation import command
from labotel.instrumentation.command import ACTIONS, Wrong


class Command(BaseCommand):
    """Show what is measured, run the checks, and add to counters."""

    help = (
        "Show the current values (show), run the checks of /health (health: ends with 1 where "
        "something is unhealthy), add to a counter (increment METRIC), or one to a series of each "
        "counter, as test data (record)."
    )
    requires_system_checks: tuple[str, ...] = ()  # the health is asked when something is wrong

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what is to be done as a word or as an option."""
        parser.add_argument("action", nargs="?", choices=ACTIONS, help="By default: show.")
        parser.add_argument("metric", nargs="?", help="The counter that is added to.")
        parser.add_argument("--health", action="store_true", help="As the word health.")
        parser.add_argument(
            "--increment", nargs="?", const="", metavar="METRIC",
            help="As the word increment; without a metric, as the word record.",
        )  # fmt: skip
        parser.add_argument("--value", default="1", help="How much is added (1).")
        parser.add_argument(
            "--label", action="append", default=[], metavar="LABEL=VALUE",
            help="A label of the series; once for each.",
        )  # fmt: skip
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        form, metric = options["format"], options["metric"]
        action = options["action"]
        if options["increment"] is not None:
            metric = options["increment"] or metric
            action = "increment" if metric else "record"
        elif options["health"]:
            action = "health"
        try:
            if action == "health":
                text, well = command.health(form)
                self.stdout.write(text)
                if not well:
                    raise SystemExit(1)
            elif action == "increment":
                self.stdout.write(
                    command.increment(metric, options["value"], options["label"], form)
                )
            else:
                self.stdout.write(
                    command.record(form) if action == "record" else command.show(form)
                )
        except Wrong as wrong:
            raise CommandError(str(wrong)) from None
