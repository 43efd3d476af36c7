"""What is kept: goods, and each warehouse's figures."""

from django.db import models

from logistics import telemetry


class Goods(models.Model):
    """A parcel: received in one warehouse, processed, shipped to the other, delivered there."""

    class Status(models.TextChoices):
        """How far they are."""

        RECEIVED = telemetry.Status.RECEIVED
        PROCESSING = telemetry.Status.PROCESSING
        SHIPPED = telemetry.Status.SHIPPED
        DELIVERED = telemetry.Status.DELIVERED

    class Warehouse(models.TextChoices):
        """Where they are."""

        CHINA = telemetry.Warehouse.CHINA
        GHANA = telemetry.Warehouse.GHANA

    tracking = models.CharField(max_length=40, unique=True)
    warehouse = models.CharField(max_length=10, choices=Warehouse, default=Warehouse.CHINA)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    received = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Words of Django's admin."""

        verbose_name_plural = "goods"

    def __str__(self) -> str:
        return self.tracking


class Figures(models.Model):
    """A warehouse in numbers, worked out by `update_metrics` each few minutes."""

    warehouse = models.CharField(max_length=10, choices=Goods.Warehouse, primary_key=True)
    waiting = models.PositiveIntegerField(default=0)
    all = models.PositiveIntegerField(default=0)

    @property
    def utilization(self) -> float:
        """How many of its goods wait, in percent."""
        return 100 * self.waiting / self.all if self.all else 0.0
