"""What follows a billed order without anyone waiting: its invoice is made and mailed."""

import logging

from celery import shared_task
from django.db import transaction

import labotel
from labotel.catalogs.lab.mail import Channel, EmailType, NotificationType
from labotel.catalogs.lab.orders import WorkOrderRendered
from orders import pdf
from orders.models import WorkOrder
from post import mail, notices

log = logging.getLogger(__name__)


@shared_task
def render_invoice(order_id: int) -> None:
    """Make an order's invoice, and mail it."""
    order = WorkOrder.objects.select_related("protocol__veterinarian__profile").get(pk=order_id)
    with labotel.timed(WorkOrderRendered, order_id=order_id):
        pdf.write(order)
    log.info("Invoice of work order %s rendered", order_id)
    _mail(order)


@transaction.atomic
def _mail(order: WorkOrder) -> None:
    # Of two tasks for one order at once the second waits here, and finds the first one's mail.
    WorkOrder.objects.select_for_update().get(pk=order.pk)
    if mail.is_written(order.about):
        log.info("The invoice of work order %s is already mailed", order.pk)
        return
    veterinarian = order.protocol.veterinarian
    text = f"Please find the invoice for {order.protocol.animal} attached."
    mail.send(
        EmailType.INVOICE,
        veterinarian,
        f"Invoice {order.pk}",
        text,
        attachments=[pdf.file_of(order)],
        wanted_at=order.completed_at,
        about=order.about,
    )
    # The mail is the notice: the channel says so, and nothing else is sent.
    notices.notify(NotificationType.PAYMENT_DUE, veterinarian, text, channel=Channel.EMAIL)
