"""`manage.py open_laboratory`: the people that a new laboratory starts with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from people.opening import PASSWORD, open_laboratory
from people.roles import user_type


class Command(BaseCommand):
    """Enters them where they are missing; may be run again."""

    help = "Enter the groups and people of a new laboratory, and print them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the password of those who are entered."""
        parser.add_argument("--password", default=PASSWORD, help=f"by default {PASSWORD!r}")

    def handle(self, *args: Any, password: str, **options: Any) -> None:
        """Enter them, and print who is there."""
        for user in open_laboratory(password):
            self.stdout.write(f"{user.username:12} {user_type(user):17} {user.email}")
