"""What was to be sent and is not: nobody queued it, because the broker was down at that moment.

The records tell it: a mail that is still to be tried, a signed report and a billed order without
one.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from celery import Task

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
    lost = Message.objects.filter(status="", wanted_at__lt=before)
    return _queue(deliver, lost.values_list("pk", flat=True))


def reports(before: datetime) -> int:
    """Queue the reports that were signed before then and never handed over; return how many."""
    signed = Report.objects.filter(status=ReportStatus.FINALIZED.value, finalized_at__lt=before)
    return _queue(render_report, (r.pk for r in signed if not is_written(r.about)))


def invoices(before: datetime) -> int:
    """Queue the orders that were billed before then and have no invoice; return how many."""
    billed = WorkOrder.objects.filter(completed_at__lt=before)
    return _queue(render_invoice, (o.pk for o in billed if not is_written(o.about)))


def _queue(task: "Task[..., Any]", keys: Iterable[int]) -> int:
    """Queue a task for each record, once all are known; return how many."""
    found = list(keys)
    for key in found:
        task.delay(key)
    return len(found)


FINDERS: Final[dict[str, Callable[[datetime], int]]] = {
    "mails": mails,
    "reports": reports,
    "invoices": invoices,
}
