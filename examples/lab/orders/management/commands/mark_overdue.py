"""`mark_overdue`: which bills should have been paid by now."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lab import clock
from labotel.catalogs.lab.orders import PaymentStatus
from orders.models import WorkOrder


class Command(BaseCommand):
    """Marks the orders that were billed long ago and are not paid."""

    help = "Mark the work orders that should have been paid by now."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of days that a veterinarian has to pay."""
        parser.add_argument("--days", type=float, default=10.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Mark each order that is pending for longer."""
        billed_before = clock.now() - timedelta(days=options["days"])
        late = WorkOrder.objects.filter(
            payment_status=PaymentStatus.PENDING.value, completed_at__lt=billed_before
        )
        # Each is asked again under its lock: somebody may be paying this very moment.
        marked = sum(order.fall_due(billed_before) for order in late)
        self.stdout.write(f"{marked} work orders are newly overdue")
