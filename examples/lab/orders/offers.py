"""What a person may do with a work order now."""

from django.contrib.auth.models import User

from cases.offers import Offer, offer
from labotel.catalogs.lab.orders import PaymentStatus
from labotel.catalogs.lab.words import UserType
from orders.forms import OneService
from orders.models import UNPAID, WorkOrder
from people.roles import user_type


def for_order(user: User, order: WorkOrder) -> list[Offer]:
    """Return what this person may do with an order."""
    kind = user_type(user)
    found: list[Offer] = []
    if order.completed_at is None:
        if kind in (UserType.STAFF, UserType.ADMIN):
            found.append(offer("Add a service", "orders:services", order.pk, OneService))
        if kind == UserType.ADMIN:
            found.append(offer("Complete and bill", "orders:complete", order.pk))
    elif kind == UserType.VETERINARIAN and order.payment_status in UNPAID:
        found.append(offer("Pay", "orders:pay", order.pk))
    elif kind == UserType.ADMIN and order.payment_status == PaymentStatus.PAID:
        found.append(offer("Refund", "orders:refund", order.pk, OneService))
    return found
