"""Work orders: services, billing, payment, refunds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from casework import Person, submitted
from django.core.management import call_command
from pypdf import PdfReader

from cases.labels import label
from labotel import Outcome
from labotel.catalogs.lab.files import FileDownloaded
from labotel.catalogs.lab.mail import EmailSent, NotificationSent
from labotel.catalogs.lab.orders import (
    OrderType,
    ServicePaid,
    ServiceRefunded,
    WorkOrderCompleted,
    WorkOrderCreated,
    WorkOrderRendered,
)
from labotel.catalogs.lab.security import ComplianceViolated, DataAccessed
from orders import pdf
from orders.models import WorkOrder

pytestmark = pytest.mark.usefixtures("laboratory")


def ordered(vet="vet-1", order_type=OrderType.ROUTINE):
    """Return the order of a submitted histopathology."""
    return submitted(vet, order_type).order


def billed(vet="vet-1", *services):
    """Return an order that the administrator billed, with these services besides."""
    order = ordered(vet)
    admin = Person("admin")
    for service in services:
        admin.post(f"/orders/{order.pk}/services/", service_type=service)
    admin.post(f"/orders/{order.pk}/complete/")
    return order


def status(order):
    """Return the state of payment in the database."""
    return WorkOrder.objects.get(pk=order.pk).payment_status


def test_an_order_begins_with_its_analysis(telemetry):
    """A routine order has the analysis; it is not billed yet."""
    order = ordered()
    assert [(s.service_type, s.price) for s in order.services.all()] == [
        ("histopathology", Decimal("64.00"))
    ]
    assert order.payment_status == ""
    telemetry.one(
        WorkOrderCreated,
        order_type="routine",
        veterinarian=Person("vet-1").key,
        order_id=order.pk,
        protocol_id=order.protocol_id,
    )


def test_urgency_is_charged():
    """An urgent order has the express service besides."""
    services = ordered(order_type=OrderType.URGENT).services.all()
    assert [s.service_type for s in services] == ["histopathology", "express"]


def test_the_total_is_exact(telemetry, lab_time):
    """Decimal prices are added up to the cent, and that is the value that is recorded."""
    order = ordered()
    staff, admin = Person("bench-1"), Person("admin")
    for service in ("special_stain", "special_stain", "immunohistochemistry"):
        staff.post(f"/orders/{order.pk}/services/", service_type=service)
    lab_time.forward(timedelta(hours=30))
    admin.post(f"/orders/{order.pk}/complete/")
    total = Decimal("64.00") + 2 * Decimal("22.40") + Decimal("89.90")
    telemetry.one(
        WorkOrderCompleted,
        value=total,
        currency="EUR",
        service_count=4,
        service_count_bucket="over 3",
        duration=timedelta(hours=30),
        veterinarian=Person("vet-1").key,
    )
    assert telemetry.metric("work_orders_completed_total") == 1
    assert telemetry.histogram("work_order_average_value").sum == pytest.approx(198.7)
    assert status(order) == "pending"


def test_a_bill_is_made_mailed_and_noticed(telemetry):
    """Completing an order has its invoice rendered and mailed, and the payment is due."""
    order = billed()
    telemetry.one(WorkOrderRendered, order_id=order.pk, outcome=Outcome.SUCCESS)
    telemetry.one(EmailSent, email_type="invoice", status="success")
    telemetry.one(NotificationSent, notification_type="payment_due", channel="email")


def test_an_order_is_billed_once(telemetry):
    """A second time is refused (409), and so is a further service."""
    order = billed()
    admin = Person("admin")
    admin.post(f"/orders/{order.pk}/complete/", expect=409)
    admin.post(f"/orders/{order.pk}/services/", expect=409, service_type="express")
    telemetry.one(WorkOrderCompleted)
    assert order.services.count() == 1


def test_the_invoice_says_what_is_charged():
    """A PDF reader finds each service, its price and the total."""
    order = billed("vet-1", "special_stain")
    text = PdfReader(pdf.file_of(order)).pages[0].extract_text()
    said = ("north-clinic.example", "64.00 EUR", "special stain", "22.40 EUR", "86.40 EUR")
    for expected in (f"Invoice {order.pk}", label(order.protocol_id), *said):
        assert expected in text


def test_the_invoice_can_be_downloaded(telemetry):
    """A download of the own invoice is counted, and in the audit log as an export."""
    order = billed("vet-1")
    vet = Person("vet-1")
    telemetry.clear()
    answer = vet.get(f"/orders/{order.pk}/pdf/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    telemetry.one(FileDownloaded, file_type="pdf", user=vet.key)
    telemetry.one(DataAccessed, data_type="invoice", action="export", data_id=order.pk)


def test_there_is_no_invoice_before_the_bill():
    """What is not billed has no invoice: 404."""
    Person("vet-1").get(f"/orders/{ordered('vet-1').pk}/pdf/", expect=404)


def test_each_service_is_paid_for(telemetry):
    """Payment is revenue for each service, in the currency of the settings."""
    order = billed("vet-1", "special_stain")
    vet = Person("vet-1")
    vet.post(f"/orders/{order.pk}/pay/")
    paid = telemetry.all(ServicePaid, order_id=order.pk, veterinarian=vet.key, currency="EUR")
    assert [(p.service_type.value, p.amount) for p in paid] == [
        ("histopathology", Decimal("64.00")),
        ("special_stain", Decimal("22.40")),
    ]
    assert telemetry.metric("work_order_revenue_total") == Decimal("86.40")
    assert status(order) == "paid"


def test_an_order_is_paid_once(telemetry):
    """The second payment is refused (409), and no revenue."""
    order = billed("vet-1")
    vet = Person("vet-1")
    vet.post(f"/orders/{order.pk}/pay/")
    vet.post(f"/orders/{order.pk}/pay/", expect=409)
    telemetry.one(ServicePaid)


def test_what_is_not_billed_is_not_paid(telemetry):
    """There is nothing to pay before the bill: 409."""
    order = ordered("vet-1")
    Person("vet-1").post(f"/orders/{order.pk}/pay/", expect=409)
    telemetry.none(ServicePaid)


def test_nobody_pays_for_another(telemetry):
    """Another veterinarian's order is none of one's business: 403, a violation."""
    order = billed("vet-1")
    other = Person("vet-2")
    other.post(f"/orders/{order.pk}/pay/", expect=403)
    other.get(f"/orders/{order.pk}/", expect=403)
    assert len(telemetry.all(ComplianceViolated, violation_type="unauthorized_access")) == 2
    telemetry.none(ServicePaid)


def test_a_refund_gives_one_kind_of_service_back(telemetry):
    """The lines of one type go back; the order stays paid until all are back."""
    order = billed("vet-1", "special_stain", "special_stain")
    Person("vet-1").post(f"/orders/{order.pk}/pay/")
    admin = Person("admin")
    admin.post(f"/orders/{order.pk}/refund/", service_type="special_stain")
    back = telemetry.all(ServiceRefunded, service_type="special_stain", currency="EUR")
    assert [one.amount for one in back] == [Decimal("22.40"), Decimal("22.40")]
    assert telemetry.metric("work_order_refunds_total") == Decimal("44.80")
    assert status(order) == "paid"
    admin.post(f"/orders/{order.pk}/refund/", service_type="histopathology")
    assert status(order) == "refunded"


def test_nothing_goes_back_twice(telemetry):
    """A service whose money was given back is refused the second time, and one that was not had."""
    order = billed("vet-1", "special_stain")
    Person("vet-1").post(f"/orders/{order.pk}/pay/")
    admin = Person("admin")
    admin.post(f"/orders/{order.pk}/refund/", service_type="special_stain")
    admin.post(f"/orders/{order.pk}/refund/", expect=409, service_type="special_stain")
    admin.post(f"/orders/{order.pk}/refund/", expect=409, service_type="express")
    telemetry.one(ServiceRefunded)


def test_what_is_not_paid_cannot_go_back(telemetry):
    """There is nothing to give back before the payment: 409."""
    order = billed("vet-1")
    path = f"/orders/{order.pk}/refund/"
    Person("admin").post(path, expect=409, service_type="histopathology")
    telemetry.none(ServiceRefunded)


def test_an_old_bill_is_overdue_and_can_still_be_paid(lab_time):
    """`mark_overdue` marks what is pending for longer than its days, and nothing else."""
    old = billed("vet-1")
    lab_time.forward(timedelta(days=8))
    new, open_ = billed("vet-1"), ordered("vet-1")
    lab_time.forward(timedelta(days=3))
    call_command("mark_overdue", verbosity=0)
    assert [status(order) for order in (old, new, open_)] == ["overdue", "pending", ""]
    Person("vet-1").post(f"/orders/{old.pk}/pay/")
    assert status(old) == "paid"


def test_the_payment_gauge_counts_billed_orders(telemetry):
    """What is not billed has no state of payment; each state is counted, an empty one too."""
    ordered()
    billed()
    Person("vet-1").post(f"/orders/{billed().pk}/pay/")
    for payment, number in {"pending": 1, "paid": 1, "overdue": 0, "refunded": 0}.items():
        found = telemetry.metric("work_order_payment_status_current", payment_status=payment)
        assert found == number


def test_a_veterinarian_lists_the_own_orders():
    """The list has the own orders alone; the administrator's has all, with their totals."""
    own, other = ordered("vet-1"), ordered("vet-2")
    listed = Person("vet-1").get("/orders/").content.decode()
    assert f"/orders/{own.pk}/" in listed
    assert f"/orders/{other.pk}/" not in listed
    everything = Person("admin").get("/orders/").content.decode()
    assert f"/orders/{other.pk}/" in everything
    assert "64.00" in everything


def test_a_longer_list_asks_no_more_questions(django_assert_max_num_queries):
    """The number of queries of the list does not grow with its length."""
    admin = Person("admin")
    admin.get("/orders/")
    for i in range(12):
        ordered(f"vet-{i % 3 + 1}")
    with django_assert_max_num_queries(14):
        admin.get("/orders/")


def test_a_look_at_an_order_is_in_the_audit_log(telemetry):
    """Orders are audited as invoices."""
    order = ordered("vet-1")
    telemetry.clear()
    Person("vet-1").get(f"/orders/{order.pk}/")
    telemetry.one(DataAccessed, data_type="invoice", action="view", data_id=order.pk)


def test_histopathologists_have_nothing_to_do_with_money():
    """They see no orders."""
    order = ordered()
    Person("histo-1").get(f"/orders/{order.pk}/", expect=403)
