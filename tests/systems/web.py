"""A day of the web analytics: what visitors and staff do, and what they count of it."""

import socket
import time
from contextlib import ExitStack

from stack.servers import Server
from systems.application import Application, Person
from systems.played import Played, Tally

STAFF, PASSWORD = "mei", "a-long-password-of-mei"
TOKEN = "sesame"
"""What opens the pages."""


def play(application: Application, redis: Server) -> Played:
    """Play the day, and wait until Prometheus has all of it."""
    unseen = {"OTEL_SDK_DISABLED": "true"}
    application.manage("migrate", **unseen)
    application.manage(
        "createsuperuser", "--noinput", "--username", STAFF, "--email", "mei@example.org",
        DJANGO_SUPERUSER_PASSWORD=PASSWORD, **unseen,
    )  # fmt: skip
    application.start_web()
    played = Played(application.pipeline, application, Tally(), since=time.time())
    _visits(application, played.tally)
    staff = application.person()
    staff.sign_in("/admin/login/?next=/admin/", STAFF, PASSWORD)
    _scans(staff, played.tally)
    _wrong(application, staff, played.tally)
    redis.stop()
    # A cache that is away costs its metrics, and no page.
    _view(application.person(), played.tally)
    played.tally.add("django_analytics_visitors_total", source="direct")
    played.tally.add("django_analytics_sessions_total")
    redis.start()
    played.settle()
    return played


def _view(person: Person, tally: Tally, path: str = "/", **more: object) -> None:
    assert person.get(path, **more).status_code == 200
    tally.add("django_analytics_pageviews_total")


def _visits(application: Application, tally: Tally) -> None:
    """Three visitors, one from a search and one from a friend's page; they look and do things."""
    for referrer, source in (
        ("", "direct"), ("https://duckduckgo.com/?q=x", "search"),
        ("https://a.example/", "referral"),
    ):  # fmt: skip
        person = application.person()
        _view(person, tally, headers={"Referer": referrer} if referrer else {})
        tally.add("django_analytics_visitors_total", source=source)
        tally.add("django_analytics_sessions_total")
        _view(person, tally, "/articles/ports/")
        _view(person, tally)
        said = {"category": "navigation", "action": "read"}
        assert person.send("/events/", said).status_code == 204
        tally.add("django_analytics_events_total", **said)
    # A category that nobody knows is counted as other.
    assert person.send("/events/", {"category": "?", "action": "read"}).status_code == 204
    tally.add("django_analytics_events_total", category="other", action="read")


def _scans(staff: Person, tally: Tally) -> None:
    """Two scans of two ports: one is open, the other closed."""
    with ExitStack() as doors:
        here = doors.enter_context(socket.socket())
        here.bind(("127.0.0.1", 0))
        here.listen()
        gone = doors.enter_context(socket.socket())
        gone.bind(("127.0.0.1", 0))  # it does not listen: nobody else can meanwhile
        ports = [one.getsockname()[1] for one in (here, gone)]
        for _ in range(2):
            staff.get("/admin/password_change/")
            answer = staff.post("/scans/", host="127.0.0.1", ports=",".join(map(str, ports)))
            assert answer.json() == {str(ports[0]): "open", str(ports[1]): "closed"}
    for port, status in zip(ports, ("open", "closed"), strict=True):
        tally.add(
            "django_port_scan_results_total", 2, port=str(port), service="other", status=status
        )
    tally.add("django_port_scan_duration_seconds", 2)
    found = staff.get("/scans/results/").json()["results"]
    assert {(one["port"], one["status"], one["times"]) for one in found} == {
        (ports[0], "open", 2), (ports[1], "closed", 2),
    }  # fmt: skip


def _wrong(application: Application, staff: Person, tally: Tally) -> None:
    """What is refused; another machine is never scanned."""
    stranger = application.person()
    assert stranger.get("/articles/nothing/").status_code == 404
    assert stranger.send("/events/", [1]).status_code == 400
    assert "/admin/login/" in stranger.get("/scans/results/").url
    _view(stranger, tally, headers={"Referer": "http://["})
    tally.add("django_analytics_visitors_total", source="direct")
    tally.add("django_analytics_sessions_total")
    staff.get("/admin/password_change/")
    answer = staff.post("/scans/", host="192.0.2.1", ports="80")
    assert answer.status_code == 400 and "this machine" in answer.json()["error"]
