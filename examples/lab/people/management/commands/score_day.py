"""`manage.py score_day`: what the people of the laboratory did of what was planned."""

from typing import Any

from django.core.management.base import BaseCommand

from people.productivity import score_all


class Command(BaseCommand):
    """Scores everybody once for what was done since the last run."""

    help = "Score the day of everybody of the laboratory who did something since the last run."

    def handle(self, *args: Any, **options: Any) -> None:
        """Score them, and print how many."""
        self.stdout.write(f"{score_all()} people scored")
