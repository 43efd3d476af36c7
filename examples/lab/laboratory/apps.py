"""The Django application of the laboratory."""

from django.apps import AppConfig


class LaboratoryConfig(AppConfig):
    """Registers what the laboratory supplies to its gauges once the models are there."""

    name = "laboratory"

    def ready(self) -> None:
        """Import the gauges: importing them registers them."""
        from laboratory import gauges  # noqa: F401 (models exist from here on)
