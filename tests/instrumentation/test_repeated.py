"""One shape of statement, executed again and again by one request or one task, is said."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from labotel.viewer.model import LogRecord
from labotel.viewer.receiver import Receiver

VIEWS = """
import asyncio, sys
from types import SimpleNamespace
from django.db import connection, connections
from django.http import HttpResponse
from django.test import AsyncClient, Client
from django.urls import path

with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE owners (name TEXT)")

def ask(n, sql="SELECT name FROM owners WHERE name = %s", *params):
    for i in range(n):
        with connection.cursor() as cursor:
            cursor.execute(sql, params or [f"Rex{i}"])

def one(request, n):
    ask(n)
    return HttpResponse("ok")

def two(request, n):
    ask(n)
    ask(n + 1, "UPDATE owners SET name = %s")
    ask(n - 1, "DELETE FROM owners WHERE name = %s")
    return HttpResponse("ok")

def saved(request, n):
    from django.db import transaction
    with transaction.atomic():
        for _ in range(n):
            with transaction.atomic():
                pass
    return HttpResponse("ok")

def wide(request, n):
    for i in range(n):
        ask(1, f"SELECT name AS n{i} FROM owners WHERE name = %s")
    ask(n)
    return HttpResponse("ok")

async def later(request, n):
    from asgiref.sync import sync_to_async
    await asyncio.gather(*(sync_to_async(ask)(1) for _ in range(n)))
    return HttpResponse("ok")

sys.modules["views"] = SimpleNamespace(urlpatterns=[
    path(f"{view.__name__}/<int:n>/", view) for view in (one, two, saved, wide, later)
])
settings.ROOT_URLCONF = "views"

def get(*addresses):
    for address in addresses:
        assert Client().get(address).status_code == 200
"""

Said = Callable[..., list[LogRecord]]


@pytest.fixture
def said(run_django: Callable[..., str], receiver: Receiver, tmp_path: Path) -> Said:
    """Run a body after the views; return the records of repeated queries."""

    def run(body: str, **more: str) -> list[LogRecord]:
        more["PROJECT_DATABASE"] = str(tmp_path / "database")  # each thread connects to it
        run_django(VIEWS + textwrap.dedent(body) + "\nlabotel.shutdown()", **more)
        assert receiver.store.total("labotel_events_rejected_total") == 0
        assert receiver.store.total("labotel_faults_total") == 0
        return [r for r in receiver.logs if r.event_name == "db.client.repeated_query"]

    return run


def test_a_request_that_asks_again_and_again_says_so_once(said: Said, receiver: Receiver) -> None:
    """A warning in the request's own span with shape, count and time; and never a value."""
    (record,) = said("get('/one/12/')")
    assert (record.body, record.severity_text) == ("repeated query", "WARN")
    expected = {
        "database": "default",
        "query_type": "select",
        "table": "owners",
        "count": 12,
        "statement": "SELECT name FROM owners WHERE name = %s",
    }
    assert {name: record.attributes[name] for name in expected} == expected
    assert "Rex" not in str(record.attributes)
    queries = [s for s in receiver.spans if s.name == "SELECT owners"]
    assert len(queries) == 12
    took = record.attributes["duration"]
    assert isinstance(took, float)
    # The queries' own spans are a little longer than what was measured inside of them.
    assert 0 < took <= sum(s.end_ns - s.start_ns for s in queries) / 1e6
    (request,) = [s for s in receiver.spans if s.kind == "SERVER"]
    assert (record.trace_id, record.span_id) == (request.trace_id, request.span_id)
    (event,) = [e for e in request.events if e.name == "db.client.repeated_query"]
    assert {name: event.attributes[name] for name in expected} == expected
    labels = {"database": "default", "table": "owners"}
    assert receiver.store.total("database_repeated_queries_total", **labels) == 1


def test_each_shape_counts_once_in_each_request(said: Said, receiver: Receiver) -> None:
    """More than ten is too often, ten is not; two requests do not add up."""
    records = said("get('/two/10/', '/two/10/', '/one/6/', '/one/6/')")
    assert [(r.attributes["query_type"], r.attributes["count"]) for r in records] == [
        ("update", 11),
        ("update", 11),
    ]
    assert receiver.store.total("database_repeated_queries_total") == 2


@pytest.mark.parametrize(("most", "found"), [("3", [4]), ("0", []), ("", [])])
def test_how_often_is_set(said: Said, most: str, found: list[int]) -> None:
    """0 is never; an empty variable is none, so the default, ten."""
    records = said("get('/one/4/', '/one/3/')", LABOTEL_REPEATED_QUERIES=most)
    assert [r.attributes["count"] for r in records] == found


def test_asynchronous_views_are_observed(said: Said) -> None:
    """Also where the queries run in other threads at once; each request counts its own."""
    body = """
        async def main():
            client = AsyncClient()
            await asyncio.gather(*(client.get(f"/later/{n}/") for n in (12, 9, 11)))
        asyncio.run(main())
    """
    records = said(body)
    assert sorted(str(r.attributes["count"]) for r in records) == ["11", "12"]


def test_a_task_counts_its_own(said: Said, receiver: Receiver) -> None:
    """Eagerly, within a request: neither counts what the other asks."""
    body = """
        from celery import Celery
        app = Celery("x", task_always_eager=True, set_as_current=False)
        @app.task
        def task(n): ask(n)
        def both(request):
            ask(9)
            task.delay(12)
            ask(3)
            return HttpResponse("ok")
        sys.modules["views"].urlpatterns.append(path("both/", both))
        get("/both/")
    """
    records = said("import warnings\nwarnings.simplefilter('default')\n" + textwrap.dedent(body))
    assert sorted(str(r.attributes["count"]) for r in records) == ["12", "12"]
    spans = {s.span_id: s for s in receiver.spans}
    assert {spans[r.span_id].name for r in records} == {"run/x.task", "GET both/"}


def test_savepoints_are_none(said: Said) -> None:
    """Each row that is saved in a block of its own brings them."""
    assert said("get('/saved/30/')") == []


def test_of_a_request_with_many_shapes_the_first_are_counted(said: Said) -> None:
    """A hundred are: what comes after them costs no memory, and is not found."""
    records = said("get('/wide/99/', '/wide/100/')")
    assert [r.attributes["count"] for r in records] == [99]


def test_work_outside_of_requests_is_not_counted(said: Said) -> None:
    """A script may do as it likes; so may what comes after a request."""
    assert said("ask(50); get('/one/5/'); ask(50)") == []
