"""/health of a Django project: who is told what, what each check finds, and what it costs."""

import json
from pathlib import Path
from typing import Any

from .conftest import RunDjango
from .test_django_pages import told

CLOSED = """
def checks(path="/health"):
    answer = ask(path, **KEY)
    return [answer[0], json.loads(answer[1])]
"""


def asked(run: RunDjango, body: str, **more: str) -> Any:
    """Run a body that asks for the health."""
    return told(run, CLOSED + body, **more)


def test_a_stranger_is_told_the_whole_alone(run_django: RunDjango) -> None:
    """A load balancer needs the status; details are for those whom the gate lets in."""
    body = """
print(json.dumps([ask("/health"), ask("/health", "HEAD")[:2], ask("/health", "POST")[0],
                  checks()]))
"""
    stranger, head, posted, (status, report) = asked(
        run_django, body, LABOTEL_HEALTH_CHECKS="database,disk"
    )
    assert stranger[0] == 200 and json.loads(stranger[1]) == {"status": "healthy"}
    assert "no-store" in stranger[2]["Cache-Control"]
    assert (head, posted) == ([200, ""], 405)
    assert status == 200 and set(report["checks"]) == {"database", "disk"}
    assert report["checks"]["database"]["detail"] == "sqlite answers"
    assert report["checks"]["database"]["ms"] >= 0


def test_a_database_that_is_away_is_unhealthy_and_its_address_is_not_told(
    run_django: RunDjango, tmp_path: Path
) -> None:
    """503 for strangers too; the rest of the checks are as they are."""
    body = """
from django.db import connections
connections.databases["second"] = dict(connections.databases["default"],
    ENGINE="django.db.backends.postgresql", HOST="127.0.0.1", PORT="1", USER="petra",
    PASSWORD="sesame-secret", NAME="lab", OPTIONS={})
print(json.dumps([checks(), ask("/health")[:2]]))
"""
    (status, report), stranger = asked(run_django, body, LABOTEL_HEALTH_CHECKS="database")
    assert (status, report["status"]) == (503, "unhealthy")
    assert report["checks"]["database"]["status"] == "healthy"
    second = report["checks"]["database:second"]
    assert second["status"] == "unhealthy" and "OperationalError" in second["detail"]
    for secret in ("petra", "sesame"):
        assert secret not in json.dumps(report)
    assert stranger == [503, '{\n  "status": "unhealthy"\n}']


def test_a_big_database_and_migrations_that_wait_are_warnings(
    run_django: RunDjango, tmp_path: Path
) -> None:
    """200: the process may work; the detail says how big and what is missing."""
    body = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE big (x)")
    cursor.execute("INSERT INTO big VALUES (zeroblob(100000))")
from django.apps import apps
from django.conf import settings
apps.set_installed_apps(["django.contrib.contenttypes"])
print(json.dumps(checks()))
"""
    status, report = asked(
        run_django,
        body,
        PROJECT_DATABASE=str(tmp_path / "db"),
        LABOTEL_HEALTH_DATABASE_SIZE="50kB",
        LABOTEL_HEALTH_CHECKS="database,migrations",
    )
    assert (status, report["status"]) == (200, "warning")
    assert "past 0.1 MB" in report["checks"]["database"]["detail"]
    assert "not applied: contenttypes.0001_initial" in report["checks"]["migrations"]["detail"]


def test_a_check_that_hangs_holds_nothing_up_and_is_not_started_twice(
    run_django: RunDjango,
) -> None:
    """Reported as a timeout within the time; when it answers at last, it is asked anew."""
    body = """
import threading
hung, calls = threading.Event(), []
@labotel.health_check("lims")
def lims():
    calls.append(threading.current_thread().daemon)
    hung.wait(60)
@labotel.health_check("archive", vital=False)
def archive():
    raise ConnectionError("no way to https://user:pass@archive.example.org/x for user 'petra'")
@labotel.health_check("label-printer")
def printer():
    return "paper is low"
begun = time.monotonic()
first, second = checks(), checks()
took, before = time.monotonic() - begun, len(calls)
hung.set()
until = time.monotonic() + 20
while checks()[1]["checks"]["lims"]["status"] != "healthy" and time.monotonic() < until:
    pass
print(json.dumps([first, second, took, [before, calls[0]], checks()[0]]))
"""
    first, second, took, calls, at_last = asked(
        run_django,
        body,
        LABOTEL_HEALTH_CHECKS="lims,archive,label-printer",
        LABOTEL_HEALTH_TIMEOUT="0.3",
    )
    for status, report in (first, second):
        assert status == 503
        lims = report["checks"]["lims"]
        assert lims["timeout"] is True and lims["detail"] == "timeout: no answer within 0.3 s"
    assert took < 20 and calls == [1, True] and at_last == 200
    archive = first[1]["checks"]["archive"]
    assert archive["status"] == "warning" and archive["detail"].startswith("ConnectionError")
    assert "pass" not in archive["detail"] and "petra" not in archive["detail"]
    printer = first[1]["checks"]["label-printer"]
    assert (printer["status"], printer["detail"]) == ("warning", "paper is low")


def test_a_check_is_no_work_of_the_applications(run_django: RunDjango) -> None:
    """Its queries are not counted, and it is in no request's trace."""
    body = """
from opentelemetry import trace
seen = []
@labotel.health_check("look")
def look():
    seen.append(trace.get_current_span().get_span_context().is_valid)
checks()
print(json.dumps([seen, total("database_query_duration_seconds")]))
"""
    seen, counted = asked(run_django, body, LABOTEL_HEALTH_CHECKS="look,database")
    assert seen == [False]
    assert not counted


def test_an_unknown_check_is_named(run_django: RunDjango) -> None:
    """A warning, with those that there are."""
    status, report = asked(
        run_django, "print(json.dumps(checks()))", LABOTEL_HEALTH_CHECKS="databse"
    )
    assert (status, report["status"]) == (200, "warning")
    assert "did you mean 'database'" in report["checks"]["databse"]["detail"]


def test_health_is_there_when_labotel_is_not(run_django: RunDjango) -> None:
    """Disabled, by the settings that were given: it must not take the application out."""
    body = 'print(json.dumps(ask("/health")[:2]))'
    found = asked(run_django, body, OTEL_SDK_DISABLED="true", LABOTEL_HEALTH_CHECKS="database")
    assert found == [200, '{\n  "status": "healthy"\n}']


def test_the_broker_is_asked_and_one_that_is_away_is_unhealthy(run_django: RunDjango) -> None:
    """Each Celery app's; its password is in no detail. A task that is run at once needs none."""
    body = """
from celery import Celery
def app(url, **more):
    made = Celery("here", broker=url, set_as_current=True)
    made.conf.update(**more)
    made.set_current()
    return made
one = app("memory://")
found = [checks()]
two = app("redis://:sesame-y@127.0.0.1:1/0", broker_connection_retry=False)
found.append(checks())
two.conf.task_always_eager = True
found.append(checks())
print(json.dumps(found))
"""
    well, away, eager = asked(
        run_django, body, LABOTEL_HEALTH_CHECKS="broker", LABOTEL_HEALTH_TIMEOUT="20"
    )
    assert well[0] == 200 and "answers" in well[1]["checks"]["broker"]["detail"]
    assert away[0] == 503 and "sesame" not in json.dumps(away)
    assert [c["status"] for c in away[1]["checks"].values()].count("unhealthy") == 1
    assert eager[0] == 200


def test_a_cache_that_keeps_nothing_is_unhealthy(run_django: RunDjango) -> None:
    """A Redis that is away; one that is chosen to keep nothing is not asked."""
    body = """
from django.core.cache import caches
caches.settings["sessions"] = {
    "BACKEND": "django.core.cache.backends.redis.RedisCache",
    "LOCATION": "redis://:sesame-z@127.0.0.1:1/0"}
caches.settings["none"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
print(json.dumps(checks()))
"""
    status, report = asked(run_django, body, LABOTEL_HEALTH_CHECKS="cache")
    assert status == 503 and set(report["checks"]) == {"cache", "cache:sessions"}
    assert report["checks"]["cache"]["status"] == "healthy"
    assert report["checks"]["cache:sessions"]["detail"].startswith("ConnectionError")
    assert "sesame" not in json.dumps(report)
