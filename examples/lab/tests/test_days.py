"""The laboratory's days: opened, its sessions ended, its work scored, its people asked."""

from datetime import timedelta

import pytest
from casework import Person, user
from django.contrib.auth.models import User
from django.core.management import call_command

from labotel.catalogs.lab.users import (
    ProductivityScored,
    SatisfactionRated,
    SessionEnded,
    UserActed,
)
from people import productivity
from people.models import DayTally, Profile, Satisfaction

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.usefixtures("laboratory")


def test_a_laboratory_is_opened_once(capsys):
    """The command may run again: nobody is entered twice, and no password goes back."""
    vet = user("vet-1")
    vet.set_password("my own")
    vet.save()
    call_command("open_laboratory", password="another")
    assert User.objects.count() == 13
    assert user("vet-1").check_password("my own")
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 13
    assert printed[0].split() == ["admin", "admin", "admin@lab.example"]


def test_newcomers_are_who_they_should_be():
    """Clinic, role and delivery are entered with them; Django's admin is the admin's alone."""
    vet = user("vet-4")
    assert (vet.email, vet.profile.clinic) == ("vet-4@south-clinic.example", "south-clinic.example")
    assert (vet.profile.role, vet.profile.delivery) == ("referring", "portal")
    assert [u.username for u in User.objects.filter(is_superuser=True)] == ["admin"]
    assert [u.username for u in User.objects.filter(is_staff=True)] == ["admin"]


def test_every_account_has_a_profile():
    """One that is made in Django's admin, or by a command, too."""
    assert Profile.objects.filter(user=User.objects.create_user("new")).exists()


def test_old_sessions_are_ended_once(telemetry, lab_time):
    """The ended are signed out, each is said with its duration; younger ones go on."""
    vet = Person("vet-1")
    lab_time.forward(9 * HOUR)
    bench = Person("bench-1")
    call_command("end_sessions")
    call_command("end_sessions")
    telemetry.one(SessionEnded, user_type="veterinarian", user=vet.key, duration=9 * HOUR)
    assert len(telemetry.all(SessionEnded)) == 1
    vet.get("/messages/", expect=302)
    bench.get("/messages/")
    call_command("end_sessions", older_than=0)
    telemetry.one(SessionEnded, user_type="staff", user=bench.key)


def test_active_users_are_people_and_not_sessions(telemetry):
    """Two browsers of one person are one person; a type with nobody is 0."""
    Person("vet-1"), Person("vet-1"), Person("vet-2"), Person("admin")
    active = {
        kind: telemetry.metric("active_users_current", user_type=kind)
        for kind in ("veterinarian", "histopathologist", "staff", "admin")
    }
    assert active == {"veterinarian": 2, "histopathologist": 0, "staff": 0, "admin": 1}
    call_command("end_sessions", older_than=0)
    assert telemetry.metric("active_users_current") == 0


def test_a_rating_is_said_and_kept(telemetry):
    """A score of 1 to 10 by whoever is signed in."""
    vet = Person("vet-1")
    assert vet.post("/accounts/satisfaction/", score=9)["Location"] == "/"
    telemetry.one(SatisfactionRated, user_type="veterinarian", user=vet.key, score=9)
    assert Satisfaction.objects.get().score == 9
    assert "Thank you." in vet.get("/").content.decode()


@pytest.mark.parametrize("score", ["0", "11", "", "ten"])
def test_a_wrong_rating_is_refused(telemetry, score):
    """The form comes back with its error (400), and nothing is said."""
    Person("vet-1").post("/accounts/satisfaction/", expect=400, score=score)
    telemetry.none(SatisfactionRated)


def test_the_tally_is_what_was_said(telemetry, lab_time):
    """Each action counts in the row of its person and day."""
    bench = Person("bench-1")
    for _ in range(3):
        bench.get("/messages/")
    lab_time.forward(24 * HOUR)
    bench.get("/messages/")
    assert [row.actions for row in DayTally.objects.order_by("day")] == [3, 1]
    assert len(telemetry.all(UserActed, user=bench.key)) == 4


def test_the_day_is_scored_once(telemetry, lab_time):
    """Actions over planned actions; whoever did nothing since the last time has no score."""
    bench = Person("bench-1")
    for _ in range(5):
        bench.get("/messages/")
    call_command("score_day")
    call_command("score_day")
    telemetry.one(ProductivityScored, user_type="staff", role="bench", user=bench.key, score=25.0)
    bench.get("/messages/")
    call_command("score_day")
    telemetry.one(ProductivityScored, score=5.0)


def test_two_days_have_twice_the_plan(telemetry, lab_time):
    """Where a day's scoring was left out, the next takes both: one score a person."""
    bench = Person("bench-1")
    for _ in range(2):
        for _ in range(10):
            bench.get("/messages/")
        lab_time.forward(24 * HOUR)
    call_command("score_day")
    telemetry.one(ProductivityScored, user=bench.key, score=50.0)


def test_more_than_planned_is_a_hundred(telemetry, lab_time):
    """A score has an end."""
    DayTally.objects.create(user=user("admin"), day="2026-01-01", actions=60)
    call_command("score_day")
    telemetry.one(ProductivityScored, user_type="admin", role="billing", score=100.0)


def test_what_begins_while_the_day_is_scored_is_for_the_next_time(telemetry, monkeypatch):
    """A tally that was not read is not taken as scored: nothing of it is lost."""
    Person("bench-1").get("/messages/")
    late = user("bench-2")

    def meanwhile(*_: object) -> bool:
        DayTally.objects.create(user=late, day="2030-01-01", actions=5)
        return True

    with monkeypatch.context() as patch:
        patch.setattr(productivity, "_score", meanwhile)
        call_command("score_day")
    call_command("score_day")
    telemetry.one(ProductivityScored, user=str(late.pk), score=25.0)


def test_clients_and_people_without_a_role_have_no_score(telemetry):
    """A veterinarian's day is not the laboratory's to plan, nor is one without a role."""
    helper = User.objects.create_user("helper", is_staff=True)
    for person in (user("vet-1"), helper):
        DayTally.objects.create(user=person, day="2026-01-01", actions=9)
    call_command("score_day")
    telemetry.none(ProductivityScored)
