"""What was to be sent and is not: nobody queued it, because the broker was down at that moment.

The records tell it: a mail that is still to be tried, a signed report and a billed order without
one.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from cases.models import Report
from cases.tasks import render_report
from labotel.catalogs.lab.reports import ReportStatus
from orders.models import WorkOrder
from orders.tasks import render_invoice
from post.mail import is_written
from post.models import Message
from post.tasks import deliver


def mails(before: datetime) -> int:
    """Queue the mails that were wanted before then and are still to be tried; return how many."""
    keys = list(
        Message.objects.filter(status="", wanted_at__lt=before).values_list("pk", flat=True)
    )
    for key in keys:
        deliver.delay(key)
    return len(keys)


def reports(before: datetime) -> int:
    """Queue the reports that were signed before then and never handed over; return how many."""
    signed = Report.objects.filter(status=ReportStatus.FINALIZED.value, finalized_at__lt=before)
    lost = [report.pk for report in signed if not is_written(report.about)]
    for key in lost:
        render_report.delay(key)
    return len(lost)


def invoices(before: datetime) -> int:
    """Queue the orders that were billed before then and have no invoice; return how many."""
    billed = WorkOrder.objects.filter(completed_at__lt=before)
    lost = [order.pk for order in billed if not is_written(order.about)]
    for key in lost:
        render_invoice.delay(key)
    return len(lost)


FINDERS: Final[dict[str, Callable[[datetime], int]]] = {
    "mails": mails,
    "reports": reports,
    "invoices": invoices,
}
