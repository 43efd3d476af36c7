"""An invoice on paper."""

from decimal import Decimal
from pathlib import Path

from django.conf import settings
from reportlab.platypus import Flowable

from cases import paper
from cases.folders import folder
from cases.labels import label
from labotel.catalogs.lab.files import StorageType
from orders.models import WorkOrder


def file_of(order: WorkOrder) -> Path:
    """Return where an order's invoice is kept."""
    return folder(StorageType.INVOICES) / f"invoice-{order.pk}.pdf"


def write(order: WorkOrder) -> int:
    """Make an order's invoice; return its number of pages."""
    content: list[Flowable] = [
        _head(order),
        paper.text("Services", paper.HEADING),
        _services(order),
        paper.text("Payable within ten days.", paper.SMALL),
    ]
    return paper.write(file_of(order), f"Invoice {order.pk}", content)


def _head(order: WorkOrder) -> Flowable:
    protocol = order.protocol
    return paper.fields(
        [
            ("To", paper.person(protocol.veterinarian)),
            ("Clinic", protocol.veterinarian.profile.clinic),
            ("Protocol", label(protocol.pk)),
            ("Animal", protocol.animal),
            ("Order", order.get_order_type_display()),
            ("Billed", paper.day(order.completed_at)),
        ]
    )


def _services(order: WorkOrder) -> Flowable:
    rows = [
        (number, service.get_service_type_display(), paper.text(_money(service.price), paper.MONEY))
        for number, service in enumerate(order.services.all(), 1)
    ]
    total = ("", paper.text("Total", paper.BOLD), paper.text(_money(order.total), paper.BOLD_MONEY))
    return paper.listing(("No.", "Service", ""), [*rows, total], (0.1, 0.6, 0.3), total=True)


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f} {settings.CURRENCY}"
