"""The Django application of the work orders."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Registers what the orders supply to their gauge, once the models are there."""

    name = "orders"

    def ready(self) -> None:
        """Import the gauge: importing it registers it."""
        from orders import gauges  # noqa: F401 (models exist from here on)
