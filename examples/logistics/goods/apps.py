"""The application `goods`: its gauges are supplied where it is loaded."""

from django.apps import AppConfig


class GoodsConfig(AppConfig):
    """Goods."""

    name = "goods"

    def ready(self) -> None:
        """Supply the gauges."""
        from goods import gauges  # noqa: F401 (models are there from now on)
