"""The Django application of the cases."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers what listens and what is measured, once the models are there."""

    name = "cases"

    def ready(self) -> None:
        """Import the gauges and the receivers: importing them registers them."""
        from cases import delivery, gauges  # noqa: F401 (models exist from here on)
