"""The home page, and the ways that lead from it: everything can be reached by clicking."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest
from casework import Person, draft, signed, submitted, user
from django.test import Client

from labotel.catalogs.lab.mail import NotificationType
from post.notices import notify

pytestmark = pytest.mark.usefixtures("laboratory")


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, path: str, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._path = path
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a link's address, in full."""
        href = dict(attrs).get("href")
        if tag == "a" and href:
            self.found.add(urljoin(self._path, href))


def walk(client: Client) -> dict[str, int]:
    """Click on every link from the home page on, and return how each was answered."""
    answers: dict[str, int] = {}
    ahead = {"/"}
    while ahead:
        path = ahead.pop()
        response = client.get(path)
        answers[path] = response.status_code
        # Django's admin is Django's to test, and a PDF has no links.
        if response["Content-Type"].startswith("text/html") and not path.startswith("/admin/"):
            ahead |= Links(path, response.content.decode()).found - answers.keys()
    return answers


@pytest.mark.parametrize("username", ["vet-1", "reception-1", "bench-1", "histo-1", "admin"])
def test_no_link_leads_astray(username):
    """Whoever it is, every link that a page shows that person leads to a page."""
    draft()
    submitted()
    signed()
    notify(NotificationType.MORE_MATERIAL, user(username), "Please send more.")
    Person("vet-1").make(
        "/messages/complaints/new/", complaint_type="delay", severity="low", text="Slow."
    )
    answers = walk(Person(username).client)
    assert {path: status for path, status in answers.items() if status != 200} == {}
    assert len(answers) > 8


def test_a_stranger_finds_the_way_in():
    """Without an account there are the doors, and nothing about the laboratory's work."""
    draft()
    assert set(walk(Client())) == {"/", "/accounts/login/", "/accounts/password_reset/"}
    assert "draft" not in Client().get("/").content.decode()


@pytest.mark.parametrize(
    ("username", "drafts"), [("vet-1", 2), ("vet-2", 1), ("vet-3", 0), ("bench-1", 3)]
)
def test_the_counts_are_a_persons_own_to_see(username, drafts):
    """A veterinarian sees the own protocols counted, the laboratory all of them."""
    for vet in ("vet-1", "vet-1", "vet-2"):
        draft(vet)
    assert f"<b>{drafts}</b>draft" in Person(username).get("/").content.decode()


def test_the_counts_are_kept_a_moment():
    """Many look at this page: for two seconds the second one asks the cache alone."""
    bench = Person("bench-1")
    draft()
    bench.get("/")
    draft()
    assert "<b>1</b>draft" in bench.get("/").content.decode()


@pytest.mark.parametrize(
    ("username", "shown", "hidden"),
    [
        ("vet-1", "/messages/complaints/new/", "/accounts/people/"),
        ("histo-1", "/protocols/", "/orders/"),
        ("admin", "/accounts/people/", "/protocols/new/"),
    ],
)
def test_the_navigation_fits_the_person(username, shown, hidden):
    """Nobody is led where nobody would be let in."""
    page = Person(username).get("/").content.decode()
    assert f'href="{shown}"' in page
    assert f'href="{hidden}"' not in page
