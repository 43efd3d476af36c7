"""`manage.py resend`: what should have been sent, and was not."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lab import clock
from post import lost


class Command(BaseCommand):
    """Queues it again; what is on its way meanwhile is not sent twice."""

    help = "Queue again the mails, reports and invoices that were not sent: the broker was down."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the age from which something is missed."""
        parser.add_argument(
            "--older-than", type=float, default=5.0, help="minutes of the laboratory's time"
        )

    def handle(self, *args: Any, older_than: float, **options: Any) -> None:
        """Queue it, and print how much; a broker that is still down is an error."""
        before = clock.now() - timedelta(minutes=older_than)
        for what, queue in lost.FINDERS.items():
            self.stdout.write(f"{queue(before)} {what} queued again")
