"""Work orders and their services; each step says what happened.

Prices are copied from the price list: what was ordered keeps its price when the list changes.
"""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import models

from cases.models import Protocol
from cases.step import step
from lab import clock
from lab.choices import choices
from lab.refused import Refused
from lab.say import say
from labotel.catalogs.lab.orders import (
    OrderType,
    PaymentStatus,
    ServiceCount,
    ServicePaid,
    ServiceRefunded,
    ServiceType,
    WorkOrderCompleted,
)
from orders.prices import PRICES

UNPAID = (PaymentStatus.PENDING, PaymentStatus.OVERDUE)


class WorkOrder(models.Model):
    """What is charged for a protocol; it has no state of payment before it is billed."""

    protocol = models.OneToOneField(Protocol, on_delete=models.PROTECT, related_name="order")
    order_type = models.CharField(max_length=20, choices=choices(OrderType))
    payment_status = models.CharField(
        max_length=20, choices=choices(PaymentStatus), blank=True, db_index=True
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return f"work order {self.pk}"

    @step
    def add(self, service_type: ServiceType) -> None:
        """Add a service at today's price; a billed order no longer grows."""
        if self.completed_at is not None:
            raise Refused(f"Work order {self.pk} is billed already.")
        self.services.create(service_type=service_type.value, price=PRICES[service_type])

    @step
    def complete(self) -> None:
        """Bill the order: its work is done."""
        if self.completed_at is not None:
            raise Refused(f"Work order {self.pk} is completed already.")
        self.completed_at = clock.now()
        self.payment_status = PaymentStatus.PENDING.value
        self.save(update_fields=["completed_at", "payment_status"])
        services = self.services.count()
        say(
            WorkOrderCompleted(
                order_type=OrderType(self.order_type),
                service_count=services,
                service_count_bucket=ServiceCount.of(services),
                veterinarian=self.veterinarian,
                order_id=self.pk,
                currency=settings.CURRENCY,
                duration=self.completed_at - self.created_at,
                value=self.total,
            )
        )

    @step
    def pay(self) -> None:
        """Take the money for all services, once."""
        if self.payment_status not in UNPAID:
            raise Refused(f"Work order {self.pk} is {self.payment_status or 'not billed'}.")
        self._become(PaymentStatus.PAID)
        for service in self.services.all():
            say(
                ServicePaid(
                    service_type=ServiceType(service.service_type),
                    veterinarian=self.veterinarian,
                    order_id=self.pk,
                    currency=settings.CURRENCY,
                    amount=service.price,
                )
            )

    @step
    def refund(self, service_type: ServiceType) -> None:
        """Give the money for the services of one type back."""
        if self.payment_status != PaymentStatus.PAID:
            raise Refused(f"Work order {self.pk} is not paid, so nothing can be given back.")
        services = self.services.filter(service_type=service_type.value, refunded_at=None)
        if not services:
            raise Refused(f"Work order {self.pk} has no {service_type} to give back.")
        for service in services:
            service.refunded_at = clock.now()
            service.save(update_fields=["refunded_at"])
            say(
                ServiceRefunded(
                    service_type=service_type,
                    veterinarian=self.veterinarian,
                    order_id=self.pk,
                    currency=settings.CURRENCY,
                    amount=service.price,
                )
            )
        if not self.services.filter(refunded_at=None).exists():
            self._become(PaymentStatus.REFUNDED)

    @step
    def fall_due(self, billed_before: datetime) -> bool:
        """Note that the order was to be paid by now; tell whether that is so."""
        if self.payment_status != PaymentStatus.PENDING or self.completed_at >= billed_before:
            return False
        self._become(PaymentStatus.OVERDUE)
        return True

    @property
    def total(self) -> Decimal:
        """Return the sum of the services' prices."""
        return sum((service.price for service in self.services.all()), Decimal())

    @property
    def about(self) -> str:
        """Return what the invoice's mail is about."""
        return f"order:{self.pk}"

    @property
    def veterinarian(self) -> str:
        """Return the veterinarian as events name them."""
        return str(self.protocol.veterinarian_id)

    def _become(self, status: PaymentStatus) -> None:
        self.payment_status = status.value
        self.save(update_fields=["payment_status"])


class Service(models.Model):
    """One line of a work order."""

    order = models.ForeignKey(WorkOrder, on_delete=models.CASCADE, related_name="services")
    service_type = models.CharField(max_length=30, choices=choices(ServiceType))
    price = models.DecimalField(max_digits=8, decimal_places=2)
    refunded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        """In the order in which they were entered."""

        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.get_service_type_display()}: {self.price}"
