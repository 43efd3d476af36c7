"""Lost passwords: the way back by a link, and by an administrator."""

import re
from pathlib import Path

import pytest
from casework import Person, user
from django.conf import settings
from django.test import Client

from labotel.catalogs.lab.mail import EmailSent
from labotel.catalogs.lab.security import DataAccessed, PasswordReset, SecurityEventSeen
from labotel.catalogs.lab.users import SessionEnded, SessionStarted
from people.models import AccountLock, WorkSession
from post.models import Message

ASK = "/accounts/password_reset/"
NEW = {"new_password1": "a new one", "new_password2": "a new one"}
pytestmark = pytest.mark.usefixtures("laboratory")


def the_link() -> str:
    """Return the path of the link in the one mail that arrived."""
    (mail,) = Path(settings.EMAIL_FILE_PATH).glob("*.eml")
    found = re.search(r"http://testserver(/accounts/reset/\S+)", mail.read_text())
    assert found is not None
    return found[1]


def follow(link: str) -> tuple[Client, str]:
    """Open a link in a new browser; return it and where the form with the new password goes."""
    client = Client()
    return client, client.get(link)["Location"]


def test_the_link_comes_by_the_laboratorys_mail(telemetry):
    """The mail is sent by a task and counted like every other."""
    vet = user("vet-1")
    assert Client().post(ASK, {"email": vet.email})["Location"] == f"{ASK}done/"
    telemetry.one(EmailSent, email_type="password_reset", status="success", recipient=str(vet.pk))
    assert Message.objects.get().recipient == vet


def test_an_unknown_address_is_answered_alike(telemetry):
    """Nobody learns from the answer who is here; nothing is sent."""
    assert Client().post(ASK, {"email": "x@nowhere.example"})["Location"] == f"{ASK}done/"
    telemetry.none(EmailSent)


def test_the_link_resets_the_password_and_signs_in(telemetry):
    """What happened is said once each, and the session is one that began by a link."""
    vet = user("vet-1")
    Client().post(ASK, {"email": vet.email})
    client, form = follow(the_link())
    telemetry.clear()
    assert client.post(form, NEW)["Location"] == "/"
    who = str(vet.pk)
    telemetry.one(PasswordReset, user_type="veterinarian", method="email", user=who)
    telemetry.one(SecurityEventSeen, event_type="password_changed", severity="low", user=who)
    telemetry.one(SessionStarted, login_method="reset_link", user=who)
    assert client.get("/messages/").status_code == 200
    assert user("vet-1").check_password("a new one")


def test_a_link_works_once(telemetry):
    """A used link leads nowhere, and changes nothing."""
    Client().post(ASK, {"email": user("vet-1").email})
    link = the_link()
    client, form = follow(link)
    client.post(form, NEW)
    telemetry.clear()
    assert "leads nowhere" in Client().get(link).content.decode()
    telemetry.none(PasswordReset)


def test_two_different_entries_change_nothing(telemetry):
    """A slip of the finger is asked about, not kept."""
    Client().post(ASK, {"email": user("vet-1").email})
    client, form = follow(the_link())
    client.post(form, NEW | {"new_password2": "another"})
    telemetry.none(PasswordReset)
    assert user("vet-1").check_password("laboratory")


def test_the_link_opens_a_locked_account(lab_time):
    """Whoever reads the person's mail is the person: the lock has done its work."""
    for _ in range(5):
        Client().post("/accounts/login/", {"username": "vet-1", "password": "wrong"})
    Client().post(ASK, {"email": user("vet-1").email})
    client, form = follow(the_link())
    assert client.post(form, NEW)["Location"] == "/"
    assert not AccountLock.objects.exists()


def test_sessions_made_with_the_old_password_end(telemetry):
    """Whoever had got hold of the old password is out; each of these sessions is said to end."""
    old = Person("vet-1")
    Client().post(ASK, {"email": old.user.email})
    client, form = follow(the_link())
    client.post(form, NEW)
    telemetry.one(SessionEnded, user=old.key)
    assert old.client.get("/messages/").status_code == 302
    assert WorkSession.objects.filter(user=old.user, ended_at=None).count() == 1


def test_another_persons_link_takes_the_browser(telemetry):
    """Who follows a link where somebody else is signed in ends that one's session."""
    Client().post(ASK, {"email": user("vet-1").email})
    client, bench = Client(), user("bench-1")
    client.post("/accounts/login/", {"username": "bench-1", "password": "laboratory"})
    client.post(client.get(the_link())["Location"], NEW)
    telemetry.one(SessionEnded, user=str(bench.pk))
    assert WorkSession.objects.get(ended_at=None).user == user("vet-1")


def test_an_administrator_sets_a_password(telemetry):
    """It is a reset by an administrator, and an update of a person in the audit log."""
    admin, vet = Person("admin"), user("vet-3")
    telemetry.clear()
    path = f"/accounts/people/{vet.pk}/password/"
    assert admin.post(path, new_password="fresh one")["Location"] == "/accounts/people/"
    telemetry.one(PasswordReset, user_type="veterinarian", method="admin", user=str(vet.pk))
    telemetry.one(SecurityEventSeen, event_type="password_changed", user=str(vet.pk))
    telemetry.one(DataAccessed, data_type="person", action="update", user=admin.key, data_id=vet.pk)
    assert user("vet-3").check_password("fresh one")


def test_an_empty_password_is_refused(telemetry):
    """The form comes back with its error (400), and nothing happened."""
    page = Person("admin").post(
        f"/accounts/people/{user('vet-3').pk}/password/", expect=400, new_password=""
    )
    assert "This field is required" in page.content.decode()
    telemetry.none(PasswordReset)


def test_an_administrators_own_password_signs_out(telemetry):
    """The own sessions end as everybody's would: the next page asks for the new password."""
    admin = Person("admin")
    admin.post(f"/accounts/people/{admin.key}/password/", new_password="fresh one")
    telemetry.one(SessionEnded, user=admin.key)
    assert admin.get("/accounts/people/", expect=302)["Location"].startswith("/accounts/login/")


def test_djangos_admin_resets_in_the_same_way(telemetry):
    """The page of Django's admin for a new password is one more way to the same events."""
    vet = user("vet-3")
    fields = {"password1": "fresh one 8", "password2": "fresh one 8", "usable_password": "true"}
    Person("admin").post(f"/admin/auth/user/{vet.pk}/password/", **fields)
    telemetry.one(PasswordReset, method="admin", user=str(vet.pk))


def test_only_administrators_see_the_people(telemetry):
    """The list is audited when they do; anybody else is denied, which security is told."""
    admin, bench = Person("admin"), Person("bench-1")
    telemetry.clear()
    admin.get("/accounts/people/")
    telemetry.one(DataAccessed, user_type="admin", data_type="person", action="view", data_id=None)
    bench.get("/accounts/people/", expect=403)
    telemetry.one(
        SecurityEventSeen, event_type="permission_denied", severity="medium", user=bench.key
    )
    telemetry.one(DataAccessed)
