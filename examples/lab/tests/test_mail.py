"""E-mails: delivered, tried again, bounced, and opened."""

import email
import email.policy
from datetime import timedelta
from pathlib import Path

import pytest
from casework import user
from celery import Task
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from lab import clock
from labotel.catalogs.lab.mail import EmailDelivered, EmailOpened, EmailSent, EmailType
from post import mail, mailserver, signals
from post.models import Message
from post.tasks import deliver

pytestmark = pytest.mark.usefixtures("laboratory")


@pytest.fixture
def told():
    """Note what the receivers of the post's signals are told: the signal and the message."""
    heard: list[tuple[str, Message]] = []

    def delivered(message, **_):
        heard.append(("delivered", message))

    def bounced(message, **_):
        heard.append(("bounced", message))

    signals.delivered.connect(delivered, sender=Message)
    signals.bounced.connect(bounced, sender=Message)
    yield heard
    signals.delivered.disconnect(delivered, sender=Message)
    signals.bounced.disconnect(bounced, sender=Message)


def send(username: str, **more) -> Message:
    """Send somebody a mail, and return it as it then is."""
    sent = mail.send(EmailType.INVOICE, user(username), "Your invoice", "Please pay.", **more)
    sent.refresh_from_db()
    return sent


def arrived() -> list[email.message.EmailMessage]:
    """Return the mails that the mail server took."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).iterdir())
    policy = email.policy.default
    return [email.message_from_bytes(file.read_bytes(), policy=policy) for file in files]


def test_a_mail_arrives_and_is_counted_once(telemetry, told):
    """One attempt, one delivery, one signal; the message knows of it."""
    message = send("vet-1", about="order:12")
    vet = str(message.recipient_id)
    said = telemetry.one(EmailSent, email_type="invoice", status="success", recipient=vet)
    assert said.recipient_type == "veterinarian"
    assert timedelta(0) < said.duration < timedelta(seconds=5)
    telemetry.one(EmailDelivered, email_type="invoice", size_category="small")
    assert told == [("delivered", message)]
    assert (message.status, message.about) == ("success", "order:12")
    assert message.delivered_at is not None


def test_the_delivery_is_measured_since_the_mail_was_wanted(telemetry, lab_time):
    """`wanted_at` may lie before the mail was written: the report took its time to render."""
    wanted = clock.now()
    lab_time.forward(timedelta(hours=2))
    send("vet-1", wanted_at=wanted)
    telemetry.one(EmailDelivered, duration=timedelta(hours=2))


def test_a_mail_carries_its_attachment_and_its_picture(tmp_path):
    """The text ends with the picture's address on a line of its own; a PDF is attached as one."""
    report = tmp_path / "report-1.pdf"
    report.write_bytes(b"%PDF-1.4 x")
    message = send("vet-1", attachments=[report])
    (mail_,) = arrived()
    assert (mail_["to"], mail_["subject"]) == ("vet-1@north-clinic.example", "Your invoice")
    lines = mail_.get_body().get_content().splitlines()
    assert f"http://127.0.0.1/messages/opened/{message.token}.gif" in lines
    (attached,) = mail_.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_filename() == "report-1.pdf"
    assert attached.get_content() == b"%PDF-1.4 x"


def test_a_large_mail_is_a_large_one(telemetry, tmp_path):
    """The size that counts is that of the whole message."""
    big = tmp_path / "big.pdf"
    big.write_bytes(b"x" * 1_000_000)
    send("vet-1", attachments=[big])
    telemetry.one(EmailDelivered, size_category="large")


def test_a_busy_server_gets_a_second_attempt(telemetry, told):
    """A greylisting server is asked again: two attempts are said, one delivery."""
    message = send("vet-5")
    assert [str(one.status) for one in telemetry.all(EmailSent)] == ["failure", "success"]
    telemetry.one(EmailDelivered)
    assert told == [("delivered", message)]
    telemetry.clear()
    send("vet-5")
    telemetry.one(EmailSent, status="success")


def test_a_gone_mailbox_bounces_and_is_not_tried_again(telemetry, told):
    """What is refused for good is said once, and its sender is told."""
    message = send("vet-6")
    telemetry.one(EmailSent, status="bounced", recipient=str(message.recipient_id))
    telemetry.none(EmailDelivered)
    assert told == [("bounced", message)]
    assert message.status == "bounced"
    assert arrived() == []


def test_a_server_that_stays_busy_is_given_up(telemetry, told, monkeypatch):
    """After five more attempts the mail will never arrive: its sender is told that, too."""

    def busy(*_):
        raise mailserver.MailServerBusy

    monkeypatch.setattr(mailserver.FolderMailServer, "send_messages", busy)
    message = send("vet-1")
    assert [str(one.status) for one in telemetry.all(EmailSent)] == ["failure"] * 6
    assert told == [("bounced", message)]
    assert message.status == "failure"


def test_a_task_that_comes_again_sends_nothing(telemetry):
    """A broker may deliver a task twice; the mail goes out once."""
    message = send("vet-1")
    telemetry.clear()
    deliver.delay(message.pk)
    telemetry.none(EmailSent)
    assert len(arrived()) == 1


def test_what_is_rolled_back_is_not_sent(telemetry):
    """A mail about something that did not happen is never seen by anybody."""
    with transaction.atomic():
        send("vet-1")
        transaction.set_rollback(True)
    telemetry.none(EmailSent)
    assert arrived() == []


def test_a_mail_is_opened_once(telemetry):
    """The picture is a small GIF without log-in; only its first viewing counts."""
    message = send("vet-1")
    path = f"/messages/opened/{message.token}.gif"
    for _ in range(2):
        picture = Client().get(path)
        assert (picture.status_code, picture["Content-Type"]) == (200, "image/gif")
        assert len(picture.content) == 43
        assert "no-store" in picture["Cache-Control"]
    telemetry.one(EmailOpened, email_type="invoice", recipient=str(message.recipient_id))
    assert telemetry.metric("emails_opened_total", email_type="invoice") == 1


def test_an_unknown_picture_is_the_same_picture(telemetry):
    """Guessing tells nobody anything, and counts nothing; what is no token is not asked for."""
    assert len(Client().get("/messages/opened/guessed.gif").content) == 43
    assert Client().get("/messages/opened/%00.gif").status_code == 404
    telemetry.none(EmailOpened)


def test_who_has_no_address_gets_no_mail(telemetry, told):
    """Django sends such a mail to nobody, and is content; here it bounces, as it never arrives."""
    vet = user("vet-1")
    vet.email = ""
    vet.save()
    message = send("vet-1")
    telemetry.one(EmailSent, status="bounced", recipient=str(vet.pk))
    telemetry.none(EmailDelivered)
    assert (message.status, told) == ("bounced", [("bounced", message)])


def test_a_missing_attachment_is_a_failed_attempt(telemetry, told, tmp_path):
    """Each attempt is said, as the file may come; in the end the sender is told."""
    message = send("vet-1", attachments=[tmp_path / "nothing.pdf"])
    assert [str(one.status) for one in telemetry.all(EmailSent)] == ["failure"] * 6
    assert told == [("bounced", message)]


@pytest.mark.parametrize(
    ("signal", "username"), [(signals.delivered, "vet-1"), (signals.bounced, "vet-6")]
)
def test_a_receiver_that_fails_leaves_the_mail_to_be_sent(telemetry, signal, username):
    """What follows from a mail belongs to it: without that, it is not done with, nor said."""

    def fails(**_):
        raise ZeroDivisionError

    signal.connect(fails, sender=Message)
    try:
        message = send(username)
    finally:
        signal.disconnect(fails, sender=Message)
    assert (message.status, message.delivered_at) == ("", None)
    telemetry.none(EmailSent)
    deliver.delay(message.pk)
    telemetry.one(EmailSent)


def test_a_mail_that_is_to_be_tried_again_is_not_done_with(telemetry, monkeypatch):
    """Where the second attempt cannot be queued, the mail is still one that `resend` finds."""

    def down(*_, **__):
        raise OSError("the broker is down")

    with monkeypatch.context() as patched:
        patched.setattr(Task, "retry", down)
        message = send("vet-5")
    telemetry.one(EmailSent, status="failure")
    assert message.status == ""
    call_command("resend", older_than=-1)
    message.refresh_from_db()
    assert message.status == "success"
