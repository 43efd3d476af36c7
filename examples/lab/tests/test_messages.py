"""Notices and their answers, complaints, and which clients stay."""

from datetime import timedelta

import pytest
from casework import Person, submitted, user
from django.core.management import call_command
from django.test import Client

from labotel.catalogs.lab.clients import ClientComplained, ClientReviewed
from labotel.catalogs.lab.mail import (
    Channel,
    NotificationAnswered,
    NotificationSent,
    NotificationType,
)
from post.models import Complaint, Notice
from post.notices import notify

DAY = timedelta(days=1)
COMPLAINT = {"complaint_type": "delay", "severity": "high", "text": "Where is my <b>report</b>?"}
pytestmark = pytest.mark.usefixtures("laboratory")


def notice_for(username: str) -> Notice:
    """Put a notice before somebody."""
    return notify(NotificationType.MORE_MATERIAL, user(username), "Please send more.")


def test_a_notice_is_said_and_shown(telemetry):
    """It is said once, by its channel, and stands on its recipient's page alone."""
    notice = notice_for("vet-1")
    telemetry.one(
        NotificationSent,
        notification_type="more_material",
        channel="portal",
        recipient=str(notice.recipient_id),
        notification_id=notice.pk,
    )
    assert "Please send more." in Person("vet-1").get("/messages/").content.decode()
    assert "Please send more." not in Person("vet-2").get("/messages/").content.decode()


def test_a_notice_may_be_one_by_e_mail(telemetry):
    """The channel is where the person meets it."""
    notify(NotificationType.PAYMENT_DUE, user("vet-1"), "Please pay.", channel=Channel.EMAIL)
    telemetry.one(NotificationSent, notification_type="payment_due", channel="email")


def test_a_notice_is_answered_once(telemetry):
    """The second answer is refused (409), changes nothing and says nothing."""
    vet, notice = Person("vet-1"), notice_for("vet-1")
    path = f"/messages/{notice.pk}/answer/"
    assert vet.post(path, text="On its way.")["Location"] == "/messages/"
    page = vet.post(path, expect=409, text="Or not.")
    assert "already answered" in page.content.decode()
    telemetry.one(
        NotificationAnswered,
        notification_type="more_material",
        recipient=vet.key,
        notification_id=notice.pk,
    )
    notice.refresh_from_db()
    assert notice.answer == "On its way."


def test_an_empty_answer_is_none(telemetry):
    """The page comes back with the error at its notice (400)."""
    vet, notice = Person("vet-1"), notice_for("vet-1")
    page = vet.post(f"/messages/{notice.pk}/answer/", expect=400, text="")
    assert "This field is required" in page.content.decode()
    telemetry.none(NotificationAnswered)


def test_nobody_answers_for_another(telemetry):
    """Somebody else's notice is one that does not exist."""
    notice = notice_for("vet-1")
    Person("vet-2").post(f"/messages/{notice.pk}/answer/", expect=404, text="Mine.")
    telemetry.none(NotificationAnswered)


def test_a_form_without_its_token_is_refused(telemetry):
    """A foreign page cannot answer in a person's name."""
    notice, client = notice_for("vet-1"), Client(enforce_csrf_checks=True)
    client.force_login(user("vet-1"))
    assert client.post(f"/messages/{notice.pk}/answer/", {"text": "x"}).status_code == 403
    telemetry.none(NotificationAnswered)


def test_a_complaint_is_said_and_kept(telemetry):
    """Type and severity are labels; the text stays inside, and is shown as it was written."""
    vet = Person("vet-1")
    pk = vet.make("/messages/complaints/new/", **COMPLAINT)
    said = telemetry.one(
        ClientComplained,
        complaint_type="delay",
        severity="high",
        client=vet.key,
        complaint_id=pk,
    )
    assert "report" not in repr(said)
    page = vet.get(f"/messages/complaints/{pk}/").content.decode()
    assert "&lt;b&gt;report&lt;/b&gt;" in page


def test_a_complaint_without_a_kind_is_refused(telemetry):
    """The form comes back with its errors (400)."""
    Person("vet-1").post("/messages/complaints/new/", expect=400, text="Hm.")
    telemetry.none(ClientComplained)
    assert not Complaint.objects.exists()


def test_a_complaint_is_between_client_and_administrators():
    """Another veterinarian finds nothing, staff have no part in it, administrators read it."""
    pk = Person("vet-1").make("/messages/complaints/new/", **COMPLAINT)
    path = f"/messages/complaints/{pk}/"
    Person("vet-2").get(path, expect=404)
    Person("bench-1").get(path, expect=403)
    assert f'href="{path}"' in Person("admin").get("/messages/").content.decode()
    Person("admin").get(path)


def test_only_clients_complain(telemetry):
    """The laboratory's own people have other ways."""
    Person("bench-1").post("/messages/complaints/new/", expect=403, **COMPLAINT)
    telemetry.none(ClientComplained)


def test_clients_are_reviewed_once_a_period(telemetry, lab_time):
    """Who sent something in the period before is retained, or lost where nothing came since."""
    submitted("vet-1")
    submitted("vet-2")
    lab_time.forward(6 * DAY)
    submitted("vet-1")
    submitted("vet-3")
    lab_time.forward(1 * DAY)
    call_command("review_clients", period=5)
    call_command("review_clients", period=5)
    telemetry.one(ClientReviewed, client=Person("vet-1").key, result="retained")
    telemetry.one(ClientReviewed, client=Person("vet-2").key, result="lost")
    assert len(telemetry.all(ClientReviewed)) == 2
    lab_time.forward(5 * DAY)
    call_command("review_clients", period=5)
    assert len(telemetry.all(ClientReviewed)) == 4


def test_nobody_to_review_says_nothing(telemetry):
    """A new laboratory has no clients of the period before."""
    submitted("vet-1")
    call_command("review_clients")
    telemetry.none(ClientReviewed)
