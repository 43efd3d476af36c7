"""What the orders supply to their gauge."""

from collections.abc import Iterator

from django.db.models import Count

import labotel
from labotel.catalogs.lab.orders import PAYMENT_STATUS, PaymentStatus
from orders.models import WorkOrder


@labotel.gauge(PAYMENT_STATUS)
def payment_status() -> Iterator[tuple[PaymentStatus, int]]:
    """Count the billed orders in each state of payment, an empty state too."""
    counts = dict(WorkOrder.objects.values_list("payment_status").annotate(Count("pk")))
    for status in PaymentStatus:
        yield status, counts.get(status, 0)
