"""What happens to an order together with other things: a protocol, a task, a mail."""

from django.db import transaction

from cases.models import Protocol
from lab.publish import publish
from lab.say import say
from labotel.catalogs.lab.orders import OrderType, WorkOrderCreated
from labotel.catalogs.lab.words import AnalysisType
from orders.models import WorkOrder
from orders.prices import included
from orders.tasks import render_invoice


def order_for(protocol: Protocol, order_type: OrderType) -> WorkOrder:
    """Order a protocol's work; one that was corrected to a draft has its order already."""
    with transaction.atomic():
        existing = WorkOrder.objects.filter(protocol=protocol).first()
        if existing is not None:
            return existing
        order = WorkOrder.objects.create(protocol=protocol, order_type=order_type.value)
        for service_type in included(AnalysisType(protocol.analysis_type), order_type):
            order.add(service_type)
        say(
            WorkOrderCreated(
                order_type=order_type,
                veterinarian=order.veterinarian,
                order_id=order.pk,
                protocol_id=protocol.pk,
            )
        )
    return order


def bill(order: WorkOrder) -> None:
    """Complete an order, and have its invoice made and sent."""
    with transaction.atomic():
        order.complete()
        publish(render_invoice, order.pk)
