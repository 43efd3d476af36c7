"""`manage.py review_clients`: who stayed, and who was lost."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from post.clients import review


class Command(BaseCommand):
    """Looks for the clients of the period before the last one."""

    help = "Review which clients of the period before the last one sent something in the last."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the length of a period."""
        parser.add_argument("--period", type=float, default=5, help="days, by default 5")

    def handle(self, *args: Any, period: float, **options: Any) -> None:
        """Review them, and print how many stayed."""
        for result, number in review(timedelta(days=period)).items():
            self.stdout.write(f"{result}: {number}")
