"""Django's own administration: what it shows, what it changes, and what it leaves to the steps."""

from pathlib import Path

import pytest
from casework import Person, draft, submitted, user
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from cases.models import Protocol
from labotel.catalogs.lab.mail import EmailType
from labotel.catalogs.lab.orders import WorkOrderCreated
from labotel.catalogs.lab.security import PasswordReset, SecurityEventSeen
from labotel.catalogs.lab.users import SessionEnded
from orders.models import WorkOrder
from people.models import DayTally, Satisfaction, WorkSession
from post import mail, mailserver
from post.models import Complaint, Message

ASK = "/accounts/password_reset/"
pytestmark = pytest.mark.usefixtures("laboratory")


def back_to_draft() -> Protocol:
    """Return a protocol that was submitted, and that an administrator made a draft again."""
    protocol = submitted()
    Person("admin").post(
        f"/admin/cases/protocol/{protocol.pk}/change/",
        veterinarian=protocol.veterinarian_id,
        animal=protocol.animal,
        species=protocol.species,
        analysis_type=protocol.analysis_type,
        status="draft",
        **{"samples-TOTAL_FORMS": 0, "samples-INITIAL_FORMS": 0},
    )
    return protocol


def test_what_is_a_draft_again_keeps_its_order(telemetry):
    """It can be submitted again: the work is ordered already, and no second order is made."""
    protocol = back_to_draft()
    telemetry.clear()
    Person("vet-1").post(f"/protocols/{protocol.pk}/submit/", order_type="urgent")
    assert WorkOrder.objects.get().protocol == protocol
    telemetry.none(WorkOrderCreated)


def test_what_is_a_draft_again_is_not_thrown_away():
    """Somebody may have begun with it: 409, and its page does not offer it either."""
    protocol = back_to_draft()
    vet = Person("vet-1")
    vet.post(f"/protocols/{protocol.pk}/delete/", expect=409)
    page = vet.get(f"/protocols/{protocol.pk}/").content.decode()
    assert f"/protocols/{protocol.pk}/submit/" in page
    assert f"/protocols/{protocol.pk}/delete/" not in page
    assert f"/protocols/{draft().pk}/delete/" not in page


def test_a_mail_is_shown_without_its_text():
    """The link to a new password, and the token of the picture, are for their reader alone."""
    sent = mail.send(EmailType.PASSWORD_RESET, user("vet-5"), "Your link", "secret-link")
    Message.objects.filter(pk=sent.pk).update(body="secret-link")
    admin = Person("admin")
    page = admin.get(f"/admin/post/message/{sent.pk}/change/").content.decode()
    assert "Your link" in page
    assert "secret-link" not in page
    assert sent.token not in page
    admin.post(f"/admin/post/message/{sent.pk}/change/", expect=403, body="another")


def test_a_link_is_forgotten_when_its_mail_is_gone():
    """A delivered mail with a link has no text any longer; other mails keep theirs."""
    Client().post(ASK, {"email": user("vet-5").email})  # at the second attempt: greylisted
    (arrived,) = Path(settings.EMAIL_FILE_PATH).glob("*.eml")
    assert "/accounts/reset/" in arrived.read_text()
    assert Message.objects.get().body == ""
    invoice = mail.send(EmailType.INVOICE, user("vet-1"), "Your invoice", "Please pay.")
    assert Message.objects.get(pk=invoice.pk).body == "Please pay."


def test_a_link_that_never_arrives_is_forgotten(monkeypatch):
    """Refused for good, or given up after the last attempt: nobody needs the text any longer."""

    def busy(*_):
        raise mailserver.MailServerBusy

    Client().post(ASK, {"email": user("vet-6").email})
    monkeypatch.setattr(mailserver.FolderMailServer, "send_messages", busy)
    Client().post(ASK, {"email": user("vet-1").email})
    assert list(Message.objects.values_list("body", flat=True)) == ["", ""]


@pytest.mark.parametrize(
    "model",
    [
        "post/message",
        "post/notice",
        "post/complaint",
        "post/clientreview",
        "people/worksession",
        "people/failedlogin",
        "people/accountlock",
        "people/daytally",
        "people/satisfaction",
    ],
)
def test_records_are_only_looked_at(model):
    """They come about by what people do, which is said; here there is nothing to add."""
    admin = Person("admin")
    admin.get(f"/admin/{model}/")
    admin.get(f"/admin/{model}/add/", expect=403)


def test_a_record_cannot_be_changed():
    """Neither a complaint nor an opinion is changed or taken back by an administrator."""
    vet, admin = user("vet-1"), Person("admin")
    complaint = Complaint.objects.create(client=vet, complaint_type="delay", severity="low")
    rating = Satisfaction.objects.create(user=vet, score=3)
    for path in (f"post/complaint/{complaint.pk}", f"people/satisfaction/{rating.pk}"):
        admin.get(f"/admin/{path}/change/")
        admin.post(f"/admin/{path}/change/", expect=403)
        admin.post(f"/admin/{path}/delete/", expect=403, post="yes")


def test_a_password_that_is_taken_away_is_no_reset(telemetry):
    """Who shall sign in no longer has no new password: the sessions end, and security is told."""
    vet = Person("vet-3")
    admin = Person("admin")
    telemetry.clear()
    fields = {"usable_password": "false", "unset-password": "1"}
    admin.post(f"/admin/auth/user/{vet.key}/password/", **fields)
    assert not user("vet-3").has_usable_password()
    telemetry.none(PasswordReset)
    telemetry.one(SecurityEventSeen, event_type="password_changed", user=vet.key)
    telemetry.one(SessionEnded, user=vet.key)


def test_the_own_password_is_changed(telemetry):
    """It was not lost, so it is no reset; security is told, and the session goes on."""
    admin = Person("admin")
    new = {"new_password1": "fresh one 8", "new_password2": "fresh one 8"}
    telemetry.clear()
    admin.post("/admin/password_change/", expect=200, old_password="wrong", **new)
    telemetry.none(SecurityEventSeen)
    admin.post("/admin/password_change/", old_password="laboratory", **new)
    telemetry.one(SecurityEventSeen, event_type="password_changed", user=admin.key)
    telemetry.none(PasswordReset)
    telemetry.none(SessionEnded)
    admin.post("/accounts/logout/")
    telemetry.one(SessionEnded, user=admin.key)


def test_who_gives_out_a_password_stays_signed_in(telemetry):
    """Django gives the administrator's browser a new key: the session is known by it."""
    admin = Person("admin")
    fields = {"password1": "fresh one 8", "password2": "fresh one 8", "usable_password": "true"}
    admin.post(f"/admin/auth/user/{user('vet-3').pk}/password/", **fields)
    telemetry.clear()
    admin.post("/accounts/logout/")
    telemetry.one(SessionEnded, user=admin.key)
    assert not WorkSession.objects.filter(ended_at=None).exists()


def test_an_account_that_is_gone_meanwhile_fails_no_answer(monkeypatch):
    """An action that cannot be put to anybody's tally was answered all the same."""

    def delete(request, **_):
        User.objects.filter(pk=request.user.pk).delete()
        return HttpResponse("gone")

    monkeypatch.setattr("post.views.notices._page", delete)
    vet = Person("vet-1")
    vet.get("/messages/")
    assert not DayTally.objects.filter(user_id=vet.user.pk).exists()
