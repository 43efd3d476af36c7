"""Signing in and out: sessions, wrong passwords, and accounts that close."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from labotel.catalogs.lab.security import LoginFailed, SecurityEventSeen
from labotel.catalogs.lab.users import SessionEnded, SessionStarted
from people.models import WorkSession

LOGIN, LOGOUT = "/accounts/login/", "/accounts/logout/"
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("laboratory")


def sign_in(username: str, password: str = "laboratory", client: Client | None = None) -> int:
    """Send the log-in form; return the answer's status: 302 for whoever is let in."""
    fields = {"username": username, "password": password}
    return (client or Client()).post(LOGIN, fields, REMOTE_ADDR="192.0.2.7").status_code


def key(username: str) -> str:
    """Return a person as events name them."""
    return str(User.objects.get(username=username).pk)


def test_a_log_in_starts_one_session(telemetry):
    """Whoever signs in by password is sent home, and the session is said and kept once."""
    response = Client().post(LOGIN, {"username": "vet-1", "password": "laboratory"})
    assert response["Location"] == "/"
    vet = key("vet-1")
    telemetry.one(SessionStarted, user_type="veterinarian", login_method="password", user=vet)
    assert WorkSession.objects.get().user.username == "vet-1"


def test_a_log_in_never_leads_to_a_foreign_site():
    """The address to go on to may come from anybody's link: one elsewhere is not followed."""
    fields = {"username": "vet-1", "password": "laboratory"}
    own = Client().post(f"{LOGIN}?next=/messages/", fields)
    assert own["Location"] == "/messages/"
    foreign = Client().post(f"{LOGIN}?next=https://evil.example/", fields)
    assert foreign["Location"] == "/"


def test_a_log_out_ends_the_session_with_its_duration(telemetry, lab_time):
    """The duration is from the sign-in, in the laboratory's time."""
    client = Client()
    sign_in("bench-1", client=client)
    lab_time.forward(90 * MINUTE)
    assert client.post(LOGOUT)["Location"] == LOGIN
    telemetry.one(SessionEnded, user_type="staff", user=key("bench-1"), duration=90 * MINUTE)


def test_a_log_out_by_a_link_is_refused(telemetry):
    """A GET changes nothing: a picture in some page could sign people out."""
    client = Client()
    sign_in("bench-1", client=client)
    assert client.get(LOGOUT).status_code == 405
    telemetry.none(SessionEnded)


def test_a_wrong_password_is_said(telemetry):
    """The form is shown again; who it was is said by type, and where from as a pseudonym."""
    assert sign_in("histo-1", "wrong") == 200
    telemetry.one(LoginFailed, user_type="histopathologist", ip_address="192.0.2.7")
    telemetry.one(SecurityEventSeen, event_type="login_failed", severity="low", user=key("histo-1"))
    telemetry.none(SessionStarted)


def test_an_unknown_name_has_no_type(telemetry):
    """Nobody has that name, so there is no type of user: the label is `none`."""
    sign_in("nobody", "wrong")
    telemetry.one(LoginFailed, user_type=None)
    telemetry.one(SecurityEventSeen, event_type="login_failed", user=None)
    assert telemetry.metric("failed_login_attempts_total", user_type="none") == 1


def test_the_admin_page_fails_in_the_same_way(telemetry):
    """A wrong password at the door of Django's admin counts like any other."""
    Client().post("/admin/login/", {"username": "admin", "password": "wrong"})
    telemetry.one(LoginFailed, user_type="admin")


def test_the_fifth_failure_in_a_row_locks_once(telemetry, lab_time):
    """The lock is said once; while it holds, the right password fails, and counts as failed."""
    for _ in range(5):
        assert sign_in("vet-2", "wrong") == 200
    telemetry.one(SecurityEventSeen, event_type="account_locked", severity="high")
    assert sign_in("vet-2") == 200
    assert sign_in("vet-2", "wrong") == 200
    assert len(telemetry.all(LoginFailed, user_type="veterinarian")) == 7
    assert len(telemetry.all(SecurityEventSeen, event_type="account_locked")) == 1
    telemetry.none(SessionStarted)


def test_a_lock_ends_after_a_quarter_of_an_hour(telemetry, lab_time):
    """Failures while it was locked do not make it longer."""
    for _ in range(6):
        sign_in("vet-2", "wrong")
    lab_time.forward(15 * MINUTE)
    assert sign_in("vet-2") == 302


def test_a_right_password_ends_the_row(telemetry, lab_time):
    """Only failures in a row lock: four, a success, and four more do not."""
    for password in ["wrong"] * 4 + ["laboratory"] + ["wrong"] * 4:
        sign_in("vet-2", password)
    telemetry.none(SecurityEventSeen, event_type="account_locked")


def test_old_failures_do_not_lock(telemetry, lab_time):
    """Five failures over a longer time are a forgetful person, not a guesser."""
    for _ in range(5):
        sign_in("vet-2", "wrong")
        lab_time.forward(4 * MINUTE)
    telemetry.none(SecurityEventSeen, event_type="account_locked")


def test_another_account_stays_open(telemetry):
    """A lock closes one account, and not the clinic's."""
    for _ in range(5):
        sign_in("vet-2", "wrong")
    assert sign_in("vet-1") == 302


def test_somebody_who_is_nobody_here_is_not_let_in(telemetry):
    """An account without a group has no part in the laboratory."""
    User.objects.create_user("stranger", password="laboratory")
    assert sign_in("stranger") == 200
    telemetry.one(LoginFailed, user_type=None)


def at_the_admins_door(client: Client) -> int:
    """Sign in as the administrator where Django's admin asks for it: it asks who is signed in."""
    fields = {"username": "admin", "password": "laboratory"}
    return client.post("/admin/login/", fields).status_code


def test_another_persons_log_in_takes_the_browser(telemetry, lab_time):
    """Whoever was signed in with it before is out: that session is said to end, with its length."""
    client = Client()
    sign_in("vet-1", client=client)
    lab_time.forward(30 * MINUTE)
    assert at_the_admins_door(client) == 302
    telemetry.one(SessionEnded, user=key("vet-1"), duration=30 * MINUTE)
    assert client.get("/accounts/people/").status_code == 200
    assert [one.user.username for one in WorkSession.objects.filter(ended_at=None)] == ["admin"]


def test_the_same_person_signs_in_again(telemetry):
    """One browser is one session: the former one ends, and the person is in."""
    client = Client()
    assert [at_the_admins_door(client), at_the_admins_door(client)] == [302, 302]
    telemetry.one(SessionEnded, user=key("admin"))
    assert WorkSession.objects.filter(ended_at=None).count() == 1
    assert client.get("/messages/").status_code == 200
