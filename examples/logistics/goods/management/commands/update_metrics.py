"""Work out each warehouse's figures; run it each few minutes, as a CronJob does."""

from django.core.management.base import BaseCommand
from django.db.models import Count, Q

from goods.models import Figures, Goods

_WAITING = Q(status__in=(Goods.Status.RECEIVED, Goods.Status.PROCESSING))


class Command(BaseCommand):
    """`manage.py update_metrics`."""

    help = "Work out each warehouse's figures from its goods."

    def handle(self, **options: object) -> None:
        """Count its goods, and those that wait."""
        for warehouse in Goods.Warehouse.values:
            counted = Goods.objects.filter(warehouse=warehouse).aggregate(
                all=Count("pk"), waiting=Count("pk", filter=_WAITING)
            )
            figures, _ = Figures.objects.update_or_create(warehouse=warehouse, defaults=counted)
            self.stdout.write(f"{warehouse}: {figures.utilization:.0f}% of {figures.all} wait")
