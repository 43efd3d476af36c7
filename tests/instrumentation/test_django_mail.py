"""E-mails of Django's mail layer: each message once, by its backend, and no word of it."""

import textwrap
from collections.abc import Callable, Iterator

import pytest

from labotel.instrumentation.django.mail import outcome
from labotel.viewer.receiver import Receiver
from post_office import PostOffice, post_office

MAIL = """
from django.core import mail
from django.core.mail import EmailMessage, get_connection, send_mail, send_mass_mail
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ.get("PORT", "1"))
settings.EMAIL_BACKEND = f"django.core.mail.backends.{os.environ.get('KIND', 'smtp')}.EmailBackend"
settings.ADMINS = [("Admin", "admin@example.org")]
def send(*to, **more):
    to = to or ["to@example.org"]
    return send_mail("The subject", "The body", "from@example.org", to, **more)
"""


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server that takes e-mail."""
    with post_office() as running:
        yield running


@pytest.fixture
def run_mail(run_django: Callable[..., str]) -> Callable[..., str]:
    """Run a body where e-mail can be sent."""
    return lambda body, **more: run_django(
        MAIL + textwrap.dedent(body) + "\nlabotel.shutdown()", **more
    )


def counted(receiver: Receiver) -> dict[tuple[str, str], float | None]:
    """What stands at the receiver, by backend and outcome; and nothing about anybody."""
    assert receiver.store.total("labotel_faults_total") == 0
    said = repr(receiver.spans) + repr(receiver.logs) + repr(receiver.points)
    assert [w for w in ("example.org", "The subject", "The body", "Jane") if w in said] == []
    return {
        (str(p.attributes["backend"]), str(p.attributes["outcome"])): p.value
        for p in receiver.points
        if p.name == "mail_messages_total"
    }


def test_each_way_to_send_counts_each_message_once(
    receiver: Receiver, run_mail: Callable[..., str], office: PostOffice
) -> None:
    """send_mail, send_mass_mail, mail_admins, a message, a connection; by real SMTP."""
    out = run_mail(
        """
        one = ("The subject", "The body", "from@example.org", ["a@example.org", "b@example.org"])
        assert send() == 1
        assert send_mass_mail([one, one, one]) == 3
        mail.mail_admins("The subject", "The body")
        assert EmailMessage(*one).send() == 1
        assert EmailMessage("The subject", "The body", to=[]).send() == 0   # nobody to send it to
        with get_connection() as connection:
            assert connection.send_messages([EmailMessage(*one), EmailMessage(*one)]) == 2
            assert connection.send_messages([]) == 0
            assert connection.send_messages(EmailMessage(*one) for _ in range(2)) == 2
        print("sent")
        """,
        PORT=str(office.port),
    )
    assert out == "sent\n"
    assert len(office.taken) == 1 + 3 + 1 + 1 + 2 + 2
    assert counted(receiver) == {("smtp", "sent"): 10}
    assert receiver.store.total("mail_send_duration_seconds", backend="smtp") == 6
    spans = [span.attributes.get("mail.messages") for span in receiver.spans]
    assert spans == [1, 3, 1, 1, 2, None]
    assert {(s.name, s.kind, s.status) for s in receiver.spans} == {
        ("send mail", "CLIENT", "UNSET")
    }


def test_what_is_refused_is_failed_and_raises_as_it_did(
    receiver: Receiver, run_mail: Callable[..., str], office: PostOffice
) -> None:
    """By its class alone: what the server answers names people."""
    run_mail(
        """
        import smtplib
        try:
            send("nobody@example.org")
        except smtplib.SMTPRecipientsRefused as error:
            assert "Jane Doe" in str(error)
        assert send("nobody@example.org", fail_silently=True) == 0
        """,
        PORT=str(office.port),
    )
    assert counted(receiver) == {("smtp", "failed"): 2}
    raised, silent = receiver.spans
    assert (raised.status, raised.status_message) == ("ERROR", "SMTPRecipientsRefused")
    assert (silent.status, silent.status_message) == ("ERROR", "1 not sent")
    said = [r for r in receiver.logs if r.event_name == "mail.failed"]
    assert [r.severity_text for r in said] == ["WARN", "WARN"]
    assert [r.attributes.get("error") for r in said] == ["SMTPRecipientsRefused", None]
    assert [r.span_id for r in said] == [raised.span_id, silent.span_id]


def test_a_server_that_is_not_there_fails(receiver: Receiver, run_mail: Callable[..., str]) -> None:
    """Also where the application asked for silence, and got it."""
    run_mail("""
        try:
            send()
        except ConnectionRefusedError:
            pass
        assert send(fail_silently=True) in (0, None)
        """)
    assert counted(receiver) == {("smtp", "failed"): 2}


@pytest.mark.parametrize("kind", ["locmem", "console", "dummy", "filebased"])
def test_djangos_other_backends_count_too(
    kind: str, receiver: Receiver, run_mail: Callable[..., str], tmp_path: object
) -> None:
    """By their own names: what a development or a test sends is not taken for e-mail that left."""
    run_mail("settings.EMAIL_FILE_PATH = os.environ['FOLDER']\nassert send() == 1", KIND=kind,
             FOLDER=str(tmp_path))  # fmt: skip
    assert counted(receiver) == {(kind, "sent"): 1}


def test_a_backend_of_the_applications_own_counts_once(
    receiver: Receiver, run_mail: Callable[..., str]
) -> None:
    """Below another, or one that hands on to another: what was called is what is counted."""
    run_mail("""
        from django.core.mail.backends.base import BaseEmailBackend
        from django.core.mail.backends.locmem import EmailBackend
        class Below(EmailBackend):
            def send_messages(self, messages): return super().send_messages(messages)
        class Onward(BaseEmailBackend):
            def send_messages(self, messages): EmailBackend().send_messages(messages)
        class Plain(EmailBackend): pass
        for kind in (Below, Onward, Plain):
            kind.__module__ = f"shop.{kind.__name__.lower()}"
            EmailMessage("The subject", connection=kind(), to=["to@example.org"]).send()
        assert len(mail.outbox) == 3
        """)
    assert counted(receiver) == {(name, "sent"): 1 for name in ("below", "onward", "plain")}


def test_disconnecting_gives_each_class_its_own_back(
    receiver: Receiver, run_mail: Callable[..., str]
) -> None:
    """The base knows of no heirs any more, and one that comes later is left alone."""
    run_mail("""
        get_connection()
        from django.core.mail.backends import base, locmem, smtp
        kinds = (smtp.EmailBackend, locmem.EmailBackend)
        own = [vars(kind)["send_messages"].__wrapped__ for kind in kinds]
        labotel.shutdown()
        assert [vars(kind)["send_messages"] for kind in kinds] == own
        assert "__init_subclass__" not in vars(base.BaseEmailBackend)
        class Later(base.BaseEmailBackend):
            def send_messages(self, messages): return 1
        later = vars(Later)["send_messages"]
        labotel.configure(catalogs=[catalog])
        assert vars(Later)["send_messages"].__wrapped__ is later
        settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
        send()
        """)
    assert counted(receiver) == {("locmem", "sent"): 1}


@pytest.mark.parametrize(
    ("count", "result", "error", "told"),
    [
        (3, 3, None, (3, 0)), (3, 1, None, (1, 2)), (3, 0, None, (0, 3)), (3, 9, None, (3, 0)),
        (3, None, None, (3, 0)), (None, 2, None, (2, 0)), (None, None, None, (0, 0)),
        (3, -1, None, (0, 3)), (2, True, None, (2, 0)), (2, False, None, (0, 2)),
        (3, None, OSError(), (0, 3)), (None, None, OSError(), (0, 1)),
    ],
)  # fmt: skip
def test_what_a_backend_gives_back_is_the_number_sent(
    count: int | None, result: object, error: BaseException | None, told: tuple[int, int]
) -> None:
    """As Django documents it; one that gives nothing and raises nothing sent all."""
    assert outcome(count, result, error) == told
