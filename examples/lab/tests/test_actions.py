"""What people do: one action a request, its errors, and whom a page is for."""

import pytest
from casework import Person
from django.contrib.auth.models import AnonymousUser, Group, User
from django.test import Client

from labotel.catalogs.lab.security import SecurityEventSeen
from labotel.catalogs.lab.users import UserActed, UserErred
from labotel.catalogs.lab.words import UserType
from people.roles import user_type

COMPLAIN = "/messages/complaints/new/"
pytestmark = pytest.mark.usefixtures("laboratory")


def acted(telemetry) -> list[tuple[str, str, str]]:
    """Return who did what where, in its order."""
    done = telemetry.all(UserActed)
    return [(str(one.user_type), str(one.action_type), str(one.module)) for one in done]


@pytest.mark.parametrize(
    ("method", "path", "action", "module"),
    [
        ("get", "/", "view", "protocols"),
        ("get", "/protocols/", "view", "protocols"),
        ("get", "/orders/", "view", "orders"),
        ("get", "/messages/", "view", "messages"),
        ("get", COMPLAIN, "view", "messages"),
        ("get", "/accounts/satisfaction/", "view", "accounts"),
        ("post", "/accounts/satisfaction/", "create", "accounts"),
        ("post", "/accounts/logout/", "update", "accounts"),
        ("post", COMPLAIN, "create", "messages"),
        ("get", "/admin/login/", "view", "admin"),
    ],
)
def test_each_request_is_one_action(telemetry, method, path, action, module):
    """What is done depends on method and view, and where on the first segment of the path."""
    vet = Person("vet-1")
    telemetry.clear()
    getattr(vet.client, method)(path)
    assert acted(telemetry) == [("veterinarian", action, module)]
    telemetry.one(UserActed, user=vet.key)


@pytest.mark.parametrize("path", ["/metrics", "/nothing/", "/protocols/nothing/", "/static/x.css"])
def test_what_is_no_part_of_the_laboratory_is_not_counted(telemetry, path):
    """A path without a view, and one outside the modules, is nobody's action."""
    vet = Person("vet-1")
    telemetry.clear()
    vet.client.get(path)
    telemetry.none(UserActed)


def test_a_stranger_does_not_act(telemetry):
    """A log-in is asked for by nobody who is signed in; neither are the pages before it."""
    client = Client()
    client.get("/")
    client.post("/accounts/login/", {"username": "vet-1", "password": "laboratory"})
    telemetry.none(UserActed)


@pytest.mark.parametrize(
    ("method", "path", "status", "action"),
    [
        ("get", "/accounts/people/", 403, "view"),
        ("get", "/protocols/987654/", 404, "view"),
        ("post", COMPLAIN, 400, "create"),
        ("post", "/", 403, "update"),
    ],
)
def test_a_refused_action_is_an_error_too(telemetry, method, path, status, action):
    """An answer of 400 or more is said with its status, beside the action and not instead."""
    client = Client(enforce_csrf_checks=path == "/")
    vet = Person("vet-1")
    client.force_login(vet.user)
    telemetry.clear()
    assert getattr(client, method)(path).status_code == status
    telemetry.one(UserActed, action_type=action)
    telemetry.one(UserErred, action_type=action, status=status, user_type="veterinarian")


def test_what_fails_is_an_error_too(telemetry, monkeypatch):
    """A view that raises is answered 500, which is the action's error."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("post.views.notices._page", fail)
    vet = Person("vet-1")
    vet.client.raise_request_exception = False
    telemetry.clear()
    vet.get("/messages/", expect=500)
    telemetry.one(UserErred, status=500)
    telemetry.one(UserActed)


def test_what_goes_well_is_no_error(telemetry):
    """A redirect is no error either."""
    vet = Person("vet-1")
    vet.get("/messages/")
    vet.post("/accounts/satisfaction/", score=7)
    telemetry.none(UserErred)


@pytest.mark.parametrize(
    "path",
    [
        "/messages/",
        COMPLAIN,
        "/accounts/people/",
        "/accounts/satisfaction/",
    ],
)
def test_a_stranger_is_sent_to_sign_in(telemetry, path):
    """And comes back to the page that was asked for; it is nothing for the security."""
    assert Client().get(path)["Location"] == f"/accounts/login/?next={path}"
    telemetry.none(SecurityEventSeen)


@pytest.mark.parametrize(
    ("username", "kind"),
    [
        ("admin", UserType.ADMIN),
        ("reception-1", UserType.STAFF),
        ("bench-2", UserType.STAFF),
        ("histo-1", UserType.HISTOPATHOLOGIST),
        ("vet-6", UserType.VETERINARIAN),
    ],
)
def test_the_type_follows_the_group(laboratory, username, kind):
    """Each of the laboratory's people is what the group says."""
    assert user_type(laboratory[username]) is kind


def test_without_a_group_djangos_flags_count():
    """A superuser is an administrator and one with `is_staff` is staff; else nobody."""
    root = User.objects.create_superuser("root")
    clerk = User.objects.create_user("clerk", is_staff=True)
    assert user_type(root) is UserType.ADMIN
    assert user_type(clerk) is UserType.STAFF
    assert user_type(User.objects.create_user("stranger")) is None
    assert user_type(AnonymousUser()) is None


def test_a_group_counts_more_than_a_flag():
    """A veterinarian who may see Django's admin is a veterinarian."""
    vet = User.objects.create_user("vet-7", is_staff=True)
    vet.groups.add(Group.objects.get(name="veterinarian"))
    assert user_type(vet) is UserType.VETERINARIAN
