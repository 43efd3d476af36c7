"""The Django application of the people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Registers what listens and what is measured, once the models are there."""

    name = "people"

    def ready(self) -> None:
        """Import the receivers and the gauge: importing them registers them."""
        from people import gauges, lockout, profiles, sessions, travel  # noqa: F401 (for their effect)
