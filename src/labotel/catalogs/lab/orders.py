"""Work orders: what a protocol's work costs, billed, paid, refunded.

Money is a Decimal in one currency, the deployment's own: a sum over two would mean nothing.
"""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final

from labotel.events.buckets import HOURS_TO_DAYS, MILLISECONDS
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import MEASURED, Outcome, Personal, Unbounded


class OrderType(StrEnum):
    """How soon the work is wanted, and for whom."""

    ROUTINE = "routine"
    URGENT = "urgent"
    SECOND_OPINION = "second_opinion"


class ServiceType(StrEnum):
    """What is charged for."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"
    SPECIAL_STAIN = "special_stain"
    IMMUNOHISTOCHEMISTRY = "immunohistochemistry"
    EXPRESS = "express"


class PaymentStatus(StrEnum):
    """Whether an order is paid."""

    PENDING = "pending"
    PAID = "paid"
    OVERDUE = "overdue"
    REFUNDED = "refunded"


class ServiceCount(StrEnum):
    """How many services an order has, in classes."""

    ONE = "1"
    FEW = "2-3"
    MANY = "over 3"

    @classmethod
    def of(cls, services: int) -> "ServiceCount":
        """Return the class of so many services."""
        if services <= 1:
            return cls.ONE
        return cls.FEW if services <= 3 else cls.MANY


class WorkOrderCreated(
    Event,
    name="lab.work_order.created",
    instruments=(Counter("work_orders_created_total", by=("order_type",)),),
    body="work order {order_id} created for protocol {protocol_id}",
):
    """A protocol's work was ordered."""

    order_type: OrderType
    veterinarian: Personal[str]
    order_id: Unbounded[int]
    protocol_id: Unbounded[int]


class WorkOrderCompleted(
    Event,
    name="lab.work_order.completed",
    instruments=(Counter("work_orders_completed_total", by=()),),
    body="work order {order_id} completed: {value} {currency}",
):
    """An order's work is done and it is billed; `duration` is from its creation."""

    order_type: OrderType
    service_count: Unbounded[int]
    service_count_bucket: ServiceCount
    veterinarian: Personal[str]
    order_id: Unbounded[int]
    currency: Unbounded[str]
    duration: Annotated[
        timedelta,
        Histogram(
            "work_order_processing_duration_seconds",
            by=("order_type", "service_count_bucket"),
            buckets=HOURS_TO_DAYS,
        ),
    ]
    value: Annotated[
        Decimal,
        Histogram(
            "work_order_average_value", by=(), buckets=(25, 50, 100, 150, 200, 300, 500, 1000)
        ),
    ]


class WorkOrderRendered(
    Event, name="lab.work_order.rendered", body="work order {order_id} rendered"
):
    """An order became a PDF, or failed to."""

    order_id: Unbounded[int]
    outcome: Outcome = MEASURED
    duration: Annotated[
        timedelta,
        Histogram("work_order_pdf_generation_duration_seconds", by=(), buckets=MILLISECONDS),
    ] = MEASURED


class ServicePaid(
    Event,
    name="lab.work_order.service_paid",
    body="work order {order_id}: {amount} {currency} paid for {service_type}",
):
    """A service of an order was paid for."""

    service_type: ServiceType
    veterinarian: Personal[str]
    order_id: Unbounded[int]
    currency: Unbounded[str]
    amount: Annotated[Decimal, Counter("work_order_revenue_total", by=("service_type",))]


class ServiceRefunded(
    Event,
    name="lab.work_order.service_refunded",
    body="work order {order_id}: {amount} {currency} refunded for {service_type}",
):
    """The money for a service of an order was given back."""

    service_type: ServiceType
    veterinarian: Personal[str]
    order_id: Unbounded[int]
    currency: Unbounded[str]
    amount: Annotated[Decimal, Counter("work_order_refunds_total", by=("service_type",))]


PAYMENT_STATUS: Final = Gauge(
    "work_order_payment_status_current",
    by={"payment_status": PaymentStatus},
    description="Billed work orders in each state of payment.",
)

EVENTS: Final = (
    WorkOrderCreated, WorkOrderCompleted, WorkOrderRendered, ServicePaid, ServiceRefunded,
)  # fmt: skip
GAUGES: Final = (PAYMENT_STATUS,)
