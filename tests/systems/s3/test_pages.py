"""The addresses, commands and admin pages that the third system asks for."""

import csv
import io
import json
from functools import partial
from typing import Any

import pytest
import requests

from labotel.export.wake import wait_until
from stack.servers import Server
from systems.application import Person
from systems.played import Played
from systems.web import PASSWORD, STAFF, TOKEN

EVENTS = "django_analytics_events_total"


def ask(played: Played, path: str, method: str = "GET", **more: Any) -> requests.Response:
    """Ask as a program does that has the token."""
    headers = {"Authorization": f"Bearer {TOKEN}", **more.pop("headers", {})}
    return requests.request(
        method, played.application.address + path, headers=headers, timeout=30, **more
    )


@pytest.fixture(scope="module")
def staff(played: Played) -> Person:
    """Somebody in the admin."""
    person = played.application.person()
    person.sign_in("/admin/login/?next=/admin/", STAFF, PASSWORD)
    return person


@pytest.mark.parametrize("path", ["/metrics/", "/metrics/status/", "/metrics/export.csv"])
def test_strangers_see_nothing(path: str, played: Played) -> None:
    """But whether it is healthy."""
    assert requests.get(played.application.address + path, timeout=10).status_code == 403
    health = requests.get(f"{played.application.address}/metrics/health/", timeout=10)
    assert health.json().keys() == {"status"}


def test_metrics_are_prometheus_text(played: Played) -> None:
    """At /metrics/."""
    answer = ask(played, "/metrics/")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "# TYPE django_analytics_pageviews_total counter" in answer.text


def test_health_checks_database_cache_and_redis(played: Played) -> None:
    """Each with its state; 200 while all is well."""
    answer = ask(played, "/metrics/health/")
    checks = answer.json()["checks"]
    assert answer.status_code == 200
    assert checks["database"]["status"] == checks["cache"]["status"] == "healthy"
    assert all(one["ms"] >= 0 for one in checks.values())


def test_a_redis_that_is_away_is_503(played: Played, redis: Server) -> None:
    """And is named; the page is answered in time."""
    redis.stop()
    try:
        answer = ask(played, "/metrics/health/")
        assert answer.status_code == 503 and answer.json()["status"] == "unhealthy"
        assert answer.json()["checks"]["cache"]["status"] == "unhealthy"
        assert answer.json()["checks"]["database"]["status"] == "healthy"
        assert ask(played, "/").status_code == 200
    finally:
        redis.start()


def test_status_says_what_is_measured(played: Played) -> None:
    """As JSON, and as a page."""
    said = ask(played, "/metrics/status/").json()
    assert EVENTS in {one["name"] for one in said["metrics"]}
    states = {one["name"]: one["state"] for one in said["integrations"]}
    assert states["django"] == states["redis"] == "connected"
    page = ask(played, "/metrics/status/", headers={"Accept": "text/html"})
    assert page.headers["Content-Type"].startswith("text/html")


def value(played: Played, **labels: str) -> float:
    """What the page of metrics has for visitors' events."""
    shown = ",".join(f'{name}="{text}"' for name, text in labels.items())
    rows = csv.DictReader(io.StringIO(ask(played, "/metrics/export.csv").text))
    return sum(
        float(row["value"])
        for row in rows
        if row["metric"] == EVENTS and row["labels"].lstrip("'") == shown
    )


@pytest.mark.parametrize(
    ("name", "action"), [(EVENTS, "start"), ("analytics_events_total", "stop")]
)
def test_increment_adds(name: str, action: str, played: Played) -> None:
    """By the metric's name, and without its prefix."""
    labels = {"category": "media", "action": action}
    body = {"metric": name, "value": 2, "labels": labels}
    answer = ask(played, "/metrics/increment/", "POST", json=body)
    assert answer.status_code == 200 and answer.json()["metric"] == EVENTS
    # Another of the web's processes may answer: each says its news within a second.
    assert wait_until(lambda: value(played, **labels) == 2, 10)


@pytest.mark.parametrize(
    "body",
    [
        {"metric": "nothing_total"},
        {"metric": EVENTS, "labels": {"category": "media"}},
        {"metric": EVENTS, "labels": {"category": "nonsense", "action": "open"}},
        {"metric": EVENTS, "value": -1, "labels": {"category": "media", "action": "open"}},
        {"metric": EVENTS, "labels": {"category": "media", "action": "open", "user": "y"}},
    ],
)
def test_increment_refuses_what_is_unknown(body: dict[str, Any], played: Played) -> None:
    """With a clear 4xx, and records nothing."""
    answer = ask(played, "/metrics/increment/", "POST", json=body)
    assert 400 <= answer.status_code < 500 and answer.json()["error"]
    assert value(played, category="media", action="open") == 0


def test_increment_is_closed_to_strangers(played: Played) -> None:
    """Without the token nothing is added."""
    body = {"metric": EVENTS, "labels": {"category": "media", "action": "open"}}
    url = f"{played.application.address}/metrics/increment/"
    assert requests.post(url, json=body, timeout=10).status_code == 403


def test_exports_are_csv_and_json(played: Played) -> None:
    """The same numbers in both."""
    rows = list(csv.DictReader(io.StringIO(ask(played, "/metrics/export.csv").text)))
    made = ask(played, "/metrics/export.json").json()
    assert rows and made
    assert EVENTS in {row["metric"] for row in rows} and EVENTS in json.dumps(made)


@pytest.mark.parametrize("page", ["metrics", "health", "status"])
def test_the_admin_has_a_page(page: str, played: Played, staff: Person) -> None:
    """That the section on its index leads to; how they look is seen in `tests/stack`."""
    index = staff.get("/admin/").text
    [path] = {part.split('"')[0] for part in index.split('href="') if f"/{page}" in part[:60]}
    answer = staff.get(path)
    assert answer.status_code == 200 and STAFF in answer.text.lower()


def test_the_command_shows_checks_and_adds(played: Played) -> None:
    """By the options that people have: --health, --increment, --format=json."""
    # As a process of the web's service, whose numbers these are.
    run = partial(played.application.manage, OTEL_SERVICE_NAME="web-web")
    assert json.loads(run("labotel", "--health", "--format=json"))["status"] in (
        "healthy", "warning",
    )  # fmt: skip
    assert EVENTS in json.dumps(json.loads(run("labotel", "show", "--format=json")))
    before = value(played, category="form", action="send")
    run("labotel", "increment", EVENTS, "--label", "category=form", "--label", "action=send")
    added = {"category": "form", "action": "send"}
    assert wait_until(lambda: value(played, **added) == before + 1, 10)
