"""A query that takes long is said: one log record on its trace, with its shape and no values."""

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from labotel.viewer.model import LogRecord
from labotel.viewer.receiver import Receiver

NAP = 0.02
BODY = f"""
from django.db import connection
from opentelemetry import trace

connection.ensure_connection()
connection.connection.create_function("nap", 1, lambda x: time.sleep({NAP}) or x)

def run(sql, *params, many=False):
    with connection.cursor() as cursor:
        (cursor.executemany if many else cursor.execute)(sql, *params)

"""


@pytest.fixture
def slow(
    run_django: Callable[..., str], receiver: Receiver
) -> Callable[..., tuple[LogRecord, ...]]:
    """Run statements of which those that `nap` take 20 ms; return what was said of slow ones."""

    def said(body: str, **more: str) -> tuple[LogRecord, ...]:
        run_django(BODY + textwrap.dedent(body) + "\nlabotel.shutdown()", **more)
        assert receiver.store.total("labotel_events_rejected_total") == 0
        return tuple(r for r in receiver.logs if r.event_name == "db.client.slow_query")

    return said


def test_a_slow_query_is_said_once_with_its_shape(
    slow: Callable[..., tuple[LogRecord, ...]], receiver: Receiver
) -> None:
    """A warning of the query's own span, in milliseconds; a fast query is none."""
    body = """
        run("CREATE TABLE patients (name TEXT)")
        with trace.get_tracer("app").start_as_current_span("work"):
            run("SELECT nap('Rex'), 4711 FROM (SELECT 1) WHERE nap(%s) = 'Anna'", ["Bella"])
        run("SELECT * FROM patients WHERE name = 'Rex'")
    """
    (record,) = slow(body, LABOTEL_SLOW_QUERY=str(NAP / 2))
    assert (record.body, record.severity_text) == ("slow query", "WARN")
    duration = record.attributes["duration"]
    assert isinstance(duration, float)
    assert NAP * 1000 <= duration < 10_000
    expected = {
        "database": "default",
        "query_type": "select",
        "table": "none",
        "statement": "SELECT nap(?), ? FROM (SELECT ?) WHERE nap(%s) = ?",
    }
    assert {name: record.attributes[name] for name in expected} == expected
    assert not any(w in str(record.attributes) for w in ("Rex", "Anna", "Bella", "4711"))
    spans = {span.name: span for span in receiver.spans}
    query = spans["SELECT"]
    assert (record.trace_id, record.span_id) == (query.trace_id, query.span_id)
    assert query.trace_id == spans["work"].trace_id
    # It is a record, and no event on the span, which has the statement anyway.
    assert query.events == ()


def test_a_slow_query_that_fails_is_said_too(
    slow: Callable[..., tuple[LogRecord, ...]], receiver: Receiver
) -> None:
    """The error stands on its span; what the database says of it may hold values."""
    body = """
        run("CREATE TABLE animals (name TEXT UNIQUE)")
        run("INSERT INTO animals VALUES ('Rex')")
        try:
            run("INSERT INTO animals VALUES (nap('Rex'))")
        except Exception as error:
            assert "UNIQUE" in str(error)
        else:
            raise AssertionError
    """
    (record,) = slow(body, LABOTEL_SLOW_QUERY=str(NAP / 2))
    assert (record.attributes["query_type"], record.attributes["table"]) == ("insert", "animals")
    assert not [name for name in record.attributes if name.startswith("exception")]
    assert [s.status for s in receiver.spans if s.span_id == record.span_id] == ["ERROR"]


def test_one_statement_with_many_rows_is_one_query(
    slow: Callable[..., tuple[LogRecord, ...]],
) -> None:
    """Each row is quicker than the threshold; together they are not."""
    body = """
        run("CREATE TABLE animals (name TEXT)")
        run("INSERT INTO animals VALUES (nap(%s))", [("a",), ("b",), ("c",)], many=True)
    """
    (record,) = slow(body, LABOTEL_SLOW_QUERY=str(NAP * 2.5))
    assert record.attributes["statement"] == "INSERT INTO animals VALUES (nap(%s))"


@pytest.mark.parametrize("after", ["0", "", "30"])
def test_it_is_off_at_0_and_quiet_below_its_threshold(
    slow: Callable[..., tuple[LogRecord, ...]], after: str
) -> None:
    """An empty variable is none: the default is a second."""
    assert slow("run('SELECT nap(1)')", LABOTEL_SLOW_QUERY=after) == ()


def test_djangos_settings_may_say_it(
    slow: Callable[..., tuple[LogRecord, ...]], environment: dict[str, str], tmp_path: Path
) -> None:
    """Also where `configure` stands above them."""
    (tmp_path / "slow_settings.py").write_text(
        "from project.settings import *\n"
        f"LABOTEL = {{'slow_query': {NAP / 2}, 'metrics_access': 'open'}}\n"
    )
    found = slow(
        "run('SELECT nap(1)'); run('SELECT 1')",
        DJANGO_SETTINGS_MODULE="slow_settings",
        PYTHONPATH=f"{environment['PYTHONPATH']}:{tmp_path}",
    )
    assert len(found) == 1
