"""`manage.py end_sessions`: whoever is signed in for too long is signed out."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lab import clock
from people import sessions
from people.models import WorkSession


class Command(BaseCommand):
    """Ends the sessions that nobody ended."""

    help = "End the sessions older than a working day, and sign their people out."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the age from which a session is ended."""
        parser.add_argument(
            "--older-than", type=int, default=480, help="minutes of the laboratory's time"
        )

    def handle(self, *args: Any, older_than: int, **options: Any) -> None:
        """End them, and print how many."""
        before = clock.now() - timedelta(minutes=older_than)
        ended = sessions.end(WorkSession.objects.filter(started_at__lte=before))
        self.stdout.write(f"{ended} sessions ended")
