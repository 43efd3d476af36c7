"""A broker that is down: what people do happens all the same, and is sent later by `resend`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from casework import Person, begun, received, signed, submitted
from django.core.management import call_command

import labotel
from cases.labels import label
from lab import broker
from lab.celery import app
from labotel.catalogs.lab.mail import EmailSent, NotificationSent
from labotel.catalogs.lab.orders import WorkOrderCompleted, WorkOrderRendered
from labotel.catalogs.lab.protocols import ProtocolReceived, ProtocolStatusChanged
from labotel.catalogs.lab.reports import ReportFinalized, ReportRendered, ReportSent
from orders.models import WorkOrder
from orders.tasks import render_invoice
from post.models import Message

LATER = timedelta(minutes=6)
pytestmark = pytest.mark.usefixtures("laboratory")


@pytest.fixture
def comes_up(monkeypatch: pytest.MonkeyPatch, lab_time: Any) -> Callable[[], None]:
    """Take the broker down; return what brings it up again, with some time gone by."""

    def down(*_: object, **__: object) -> None:
        raise OSError("the broker is down")

    with_tasks = pytest.MonkeyPatch()
    with_tasks.setitem(app.conf, "task_always_eager", False)
    with_tasks.setitem(app.conf, "task_publish_retry", False)
    with_tasks.setattr(broker.Channel, "_put", down)

    def up() -> None:
        with_tasks.undo()
        lab_time.forward(LATER)

    yield up
    with_tasks.undo()


def test_a_signed_report_is_sent_when_the_broker_is_back(telemetry, comes_up):
    """The step is answered and said; the report waits, signed, until `resend` queues it."""
    report = begun()
    telemetry.clear()
    Person("histo-1").post(f"/reports/{report.pk}/finalize/")
    telemetry.one(ReportFinalized, report_id=report.pk)
    telemetry.none(ReportRendered)
    comes_up()
    call_command("resend")
    telemetry.one(ReportSent, report_id=report.pk, delivery_method="email")


def test_every_event_is_said(telemetry, comes_up):
    """The mail that cannot be queued stands before the notice, which is said all the same."""
    protocol = submitted()
    Person("reception-1").post(
        f"/protocols/{protocol.pk}/receive/", label=label(protocol.pk), sample_condition="good"
    )
    telemetry.one(ProtocolReceived, protocol_id=protocol.pk)
    telemetry.one(NotificationSent, notification_type="sample_received")
    telemetry.none(EmailSent)
    comes_up()
    call_command("resend")
    telemetry.one(EmailSent, email_type="sample_received", status="success")


def test_an_invoice_is_sent_when_the_broker_is_back(telemetry, comes_up):
    """A billed order waits for its invoice in the same way."""
    order = WorkOrder.objects.get(protocol=submitted())
    Person("admin").post(f"/orders/{order.pk}/complete/")
    telemetry.one(WorkOrderCompleted, order_id=order.pk)
    comes_up()
    call_command("resend")
    telemetry.one(WorkOrderRendered, order_id=order.pk)
    telemetry.one(EmailSent, email_type="invoice", status="success")


def test_a_broker_that_is_still_down_is_told(comes_up):
    """Whoever runs `resend` sees that it did not help."""
    received()
    with pytest.raises(OSError, match="the broker is down"):
        call_command("resend", older_than=-1)


def test_what_was_sent_is_not_sent_again(telemetry, lab_time, capsys):
    """Neither is what is younger than some minutes, which the worker may be about to take."""
    signed()
    order = WorkOrder.objects.get()
    Person("admin").post(f"/orders/{order.pk}/complete/")
    lab_time.forward(LATER)
    Message.objects.create(email_type="invoice", recipient=order.protocol.veterinarian)
    telemetry.clear()
    call_command("resend")
    assert capsys.readouterr().out.split("\n")[:3] == [
        f"0 {what} queued again" for what in ("mails", "reports", "invoices")
    ]
    telemetry.none(EmailSent)


def test_an_invoice_is_mailed_once(telemetry):
    """Where it is queued again while it was on its way, the second one is no second mail."""
    order = WorkOrder.objects.get(protocol=submitted())
    Person("admin").post(f"/orders/{order.pk}/complete/")
    telemetry.clear()
    render_invoice(order.pk)
    telemetry.none(EmailSent)
    telemetry.none(NotificationSent)


def test_an_event_that_fails_takes_no_other_along(telemetry, monkeypatch):
    """One that cannot be said is logged; the step is done, and the next event is said."""
    protocol = received()
    emit = labotel.emit

    def fails_once(event: labotel.Event) -> None:
        monkeypatch.setattr(labotel, "emit", emit)
        raise ZeroDivisionError

    bench = Person("bench-1")
    telemetry.clear()
    monkeypatch.setattr(labotel, "emit", fails_once)
    sample = protocol.samples.get()
    bench.post(f"/samples/{sample.pk}/issue/", issue_type="autolysis", severity="high")
    telemetry.one(NotificationSent, notification_type="more_material")
    telemetry.none(ProtocolStatusChanged)
