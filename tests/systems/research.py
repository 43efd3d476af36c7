"""A day of the research system: what its people do, and what they count of it."""

import time
from typing import Any

import requests

from systems.application import Application
from systems.played import Played, Tally

PASSWORD = "a-long-password"
RESEARCHERS = ("ines", "omar")
DATASET = "moth-wings"
"""A data set: no label may hold its name."""


class Researcher:
    """Somebody with a script."""

    def __init__(self, application: Application) -> None:
        self._address = application.address
        self._session = requests.Session()

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """Ask the application."""
        return self._session.request(method, self._address + path, timeout=30, **more)


def play(application: Application) -> Played:
    """Play the day, and wait until Prometheus has all of it."""
    application.start_web("research.app:create_app()")
    played = Played(application.pipeline, application, Tally(), since=time.time())
    tally = played.tally
    people = [_come(application, name) for name in RESEARCHERS]
    tally.add("scitrace_active_users", 2)
    ines, omar = people
    assert ines.ask("POST", "/datasets/", data={"name": DATASET}).status_code == 201
    _ran(tally, "git init")
    for version in (b"one", b"two"):
        kept = omar.ask("PUT", f"/datasets/{DATASET}/files/wings.csv", data=version)
        assert kept.status_code == 204
        _ran(tally, "git add")
        _ran(tally, "git commit")
    assert ines.ask("GET", f"/datasets/{DATASET}/files/wings.csv").content == b"two"
    _ran(tally, "git show")
    assert len(ines.ask("GET", f"/datasets/{DATASET}/").json()) == 2
    _ran(tally, "git log")
    assert ines.ask("GET", f"/datasets/{DATASET}/files/none.csv").status_code == 422
    _ran(tally, "git show", "failure")
    for method, path, status in (
        ("POST", "/datasets/", 400),
        ("GET", "/datasets/unknown/", 404),
        ("GET", "/nowhere", 404),
        ("DELETE", "/datasets/", 405),
    ):
        assert ines.ask(method, path).status_code == status
    for path in ("/", "/datasets/"):
        assert ines.ask("GET", path).status_code == 200
    _asked(tally)
    played.settle()
    return played


def _come(application: Application, name: str) -> Researcher:
    person, said = Researcher(application), {"name": name, "password": PASSWORD}
    assert person.ask("POST", "/login/", data=said).status_code == 401
    assert person.ask("POST", "/users/", data=said).status_code == 201
    assert person.ask("POST", "/login/", data=said).status_code == 200
    return person


def _ran(tally: Tally, command: str, outcome: str = "success") -> None:
    for metric in ("scitrace_commands_total", "scitrace_command_duration_seconds"):
        tally.add(metric, command=command, outcome=outcome)


def _asked(tally: Tally) -> None:
    """All requests above, by the endpoint's name."""
    for method, endpoint, count in (
        ("POST", "login", 4), ("POST", "register", 2), ("POST", "datasets", 2),
        ("GET", "datasets", 1), ("PUT", "file", 2), ("GET", "file", 2), ("GET", "history", 2),
        ("GET", "home", 1), ("GET", "unmatched", 1),
        ("DELETE", "unmatched", 1),
    ):  # fmt: skip
        tally.add("scitrace_requests_total", count, method=method, endpoint=endpoint)
