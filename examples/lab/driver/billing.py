"""The administrators bill an order; the veterinarian pays, and gets money back."""

from decimal import Decimal

from driver.clock import Moment
from driver.stories import Payment, Twist
from driver.words import (
    SERVICES,
    AnalysisType,
    Channel,
    EmailType,
    NotificationType,
    OrderType,
    PaymentStatus,
    ServiceType,
)
from driver.work import Work

RENDER = "orders.tasks.render_invoice"

PRICES = {
    ServiceType.CYTOLOGY: Decimal("38.50"),
    ServiceType.HISTOPATHOLOGY: Decimal("64.00"),
    ServiceType.SPECIAL_STAIN: Decimal("22.40"),
    ServiceType.IMMUNOHISTOCHEMISTRY: Decimal("89.90"),
    ServiceType.EXPRESS: Decimal("30.00"),
}
"""The price list as the clinics have it on paper."""


def services(work: Work) -> list[ServiceType]:
    """Return what is charged for the case."""
    base = {
        AnalysisType.CYTOLOGY: ServiceType.CYTOLOGY,
        AnalysisType.HISTOPATHOLOGY: ServiceType.HISTOPATHOLOGY,
    }[work.case.analysis]
    express = [ServiceType.EXPRESS] if work.case.order == OrderType.URGENT else []
    return [base, *express, *work.case.services]


async def bill(work: Work) -> None:
    """Add what was done besides, and complete the order: an invoice goes out."""
    async with work.admin.at_work() as person:
        page = await person.open(work.path)
        (work.order,) = page.numbers(r"/orders/(\d+)/")
        path = f"/orders/{work.order}/"
        page = await person.open(path)
        for service in work.case.services:
            page = await person.submit(page.form(f"{path}services/"), service_type=service)
        page = await person.submit(page.form(f"{path}complete/"))
    _tally_billed(work, page.asked)
    async with work.vet.at_work() as person:
        await person.look_until(path, lambda page: f"{path}pdf/" in page.text)


def _tally_billed(work: Work, at: Moment) -> None:
    assert work.submitted is not None
    work.payment = PaymentStatus.PENDING
    scene, charged = work.scene, services(work)
    tally = scene.tally
    tally.add("work_orders_completed_total")
    tally.lasted(
        "work_order_processing_duration_seconds",
        scene.clock.between(work.submitted, at),
        order_type=work.case.order,
        service_count_bucket=SERVICES[len(charged)],
    )
    tally.measure("work_order_average_value", sum((PRICES[s] for s in charged), Decimal()))
    tally.add("work_order_pdf_generation_duration_seconds")
    tally.add("celery_tasks_total", task_name=RENDER, status="success")
    scene.mailed(EmailType.INVOICE, work.vet, at)
    scene.noticed(NotificationType.PAYMENT_DUE, work.vet, Channel.EMAIL)


async def pay(work: Work) -> None:
    """Pay the bill when it has come; a second time is refused."""
    path = f"/orders/{work.order}/"
    await work.scene.mailbox.wait_for(work.vet.email, f"invoice-{work.order}.pdf")
    async with work.vet.at_work() as person:
        page = await person.open(path)
        await person.open(f"{path}pdf/")
        form = page.form(f"{path}pay/")
        await person.submit(form)
        if work.case.has(Twist.PAID_TWICE):
            await person.submit(form, expect=409)
    for service in services(work):
        work.scene.tally.add("work_order_revenue_total", PRICES[service], service_type=service)


async def refund(work: Work) -> None:
    """Give money back: all of it, or that for the last service."""
    path, charged = f"/orders/{work.order}/", services(work)
    back = charged if work.case.payment is Payment.REFUNDED else charged[-1:]
    async with work.admin.at_work() as person:
        page = await person.open(path)
        for service in back:
            page = await person.submit(page.form(f"{path}refund/"), service_type=service)
            work.scene.tally.add("work_order_refunds_total", PRICES[service], service_type=service)


async def settle(work: Work) -> None:
    """Play the payment to where the case leaves it."""
    payment = work.case.payment
    if payment in (Payment.PENDING, Payment.OVERDUE):
        return  # overdue is what the laboratory itself will find
    await work.wait(2, 8)
    await pay(work)
    work.payment = PaymentStatus.PAID
    if payment is not Payment.PAID:
        await work.wait(1, 4)
        await refund(work)
    if payment is Payment.REFUNDED:
        work.payment = PaymentStatus.REFUNDED
