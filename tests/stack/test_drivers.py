"""A statement has one span and is measured once, whatever stands above PostgreSQL's drivers."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from labotel.viewer.model import Span
from labotel.viewer.receiver import Receiver
from running import free_port, run

from . import debian
from .servers import Server

Run = Callable[..., str]

BEGIN = """
import asyncio, os
from opentelemetry import trace
port = int(os.environ["PORT"])
line = f"host=127.0.0.1 port={port} user=lab dbname=postgres"
ASK = "SELECT relname, 471104711047 FROM pg_class WHERE relname = 'Rex'"
"""
SETTINGS = """
from django.conf import settings
settings.configure(DATABASES={"default": {
    "ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "lab",
    "HOST": "127.0.0.1", "PORT": port, "OPTIONS": OPTIONS}})
import django
django.setup()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(ASK)
    cursor.fetchall()
connection.close()
"""
ALCHEMY = """
from sqlalchemy import create_engine, text
engine = create_engine(f"postgresql+{DRIVER}://lab@127.0.0.1:{port}/postgres")
for _ in range(2):
    with engine.connect() as connection:
        connection.execute(text(ASK)).all()
"""


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL for these tests."""
    with TemporaryDirectory(prefix="labotel-postgresql-") as home:
        made = debian.postgresql(tmp_path_factory.mktemp("postgresql"), Path(home))
        made.start()
        yield made
        made.stop()


@pytest.fixture
def asked(postgresql: Server, receiver: Receiver, environment: dict[str, str]) -> Run:
    """Run a body in a process where labotel is configured; nothing of labotel's fails."""

    def body(script: str, **more: str) -> str:
        port = {"PORT": str(postgresql.ports[0])}
        out = run(BEGIN + script + "\nlabotel.shutdown()\n", environment | port | more)
        assert receiver.store.total("labotel_faults_total") == 0
        everything = str([receiver.spans, receiver.points, receiver.logs])
        assert not any(word in everything for word in ("Rex", "471104711047"))
        return out

    return body


def statements(receiver: Receiver) -> list[Span]:
    """Return the spans of statements, each of which was measured once."""
    spans = [s for s in receiver.spans if s.kind == "CLIENT"]
    assert receiver.store.total("database_query_duration_seconds") == len(spans)
    return spans


PSYCOPG = {
    "plain": "with psycopg.connect(line) as c: c.execute(ASK).fetchall()",
    "class": "with psycopg.Connection.connect(line) as c: c.cursor().execute(ASK)",
    "composed": """
from psycopg import sql
with psycopg.connect(line, cursor_factory=psycopg.ClientCursor) as c:
    c.execute(sql.SQL("SELECT relname, 471104711047 FROM {} WHERE relname = {}").format(
        sql.Identifier("pg_class"), sql.Literal("Rex")))
""",
    "bytes": "with psycopg.connect(line) as c: c.execute(ASK.encode())",
    "named": "with psycopg.connect(line) as c: c.cursor('some').execute(ASK)",
    "pool": """
from psycopg_pool import ConnectionPool
with ConnectionPool(line, min_size=1) as pool, pool.connection() as c: c.execute(ASK)
""",
    "asynchronous": """
async def main():
    async with await psycopg.AsyncConnection.connect(line) as c:
        await c.execute(ASK)
asyncio.run(main())
""",
}


@pytest.mark.parametrize("way", PSYCOPG)
def test_psycopg_by_itself_is_observed(asked: Run, receiver: Receiver, way: str) -> None:
    """However it is asked; the database's own name, host and user are on no span."""
    if way == "pool":
        pytest.importorskip("psycopg_pool")
    asked("import psycopg\n" + PSYCOPG[way])
    (span,) = statements(receiver)
    assert span.name == "SELECT pg_class"
    expected = {
        "db.system.name": "postgresql",
        "db.namespace": "postgresql",
        "db.query.text": 'SELECT relname, ? FROM "pg_class" WHERE relname = ?'
        if way == "composed"
        else "SELECT relname, ? FROM pg_class WHERE relname = ?",
    }
    assert {name: span.attributes[name] for name in expected} == expected
    assert not any(word in str(span) for word in ("127.0.0.1", "'lab'", "dbname"))


PSYCOPG2 = {
    "plain": "c = psycopg2.connect(line); k = c.cursor(); k.execute(ASK); k.fetchall()",
    "rows": """
c = psycopg2.connect(line)
with c.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as k:
    k.execute("SELECT 1 AS one FROM pg_class LIMIT 1")
    assert k.fetchall() == [{"one": 1}]
""",
    "class": """
c = psycopg2.connect(line, connection_factory=psycopg2.extras.DictConnection)
k = c.cursor()
assert isinstance(c, psycopg2.extras.DictConnection)
k.execute("SELECT 1 AS one FROM pg_class LIMIT 1")
assert k.fetchone()["one"] == 1
""",
    "named": """
c = psycopg2.connect(line)
with c.cursor("some", psycopg2.extras.DictCursor) as k:
    k.execute("SELECT 1 AS one FROM pg_class")
    assert k.fetchone()["one"] == 1
""",
}


@pytest.mark.parametrize("way", PSYCOPG2)
def test_psycopg2_by_itself_is_observed(asked: Run, receiver: Receiver, way: str) -> None:
    """With the classes of connections and cursors that the application chose."""
    pytest.importorskip("psycopg2")
    asked("import psycopg2, psycopg2.extras\n" + PSYCOPG2[way])
    assert [s.name for s in statements(receiver)] == ["SELECT pg_class"]


@pytest.mark.parametrize("options", ["{}", "{'pool': True}"])
def test_under_django_the_driver_is_not_observed(
    asked: Run, receiver: Receiver, options: str
) -> None:
    """Its pool connects in threads of its own; what Django asks at the start is its own, too."""
    if options != "{}":
        pytest.importorskip("psycopg_pool")
    end = "\nconnection.close_pool()" if options != "{}" else ""
    asked(f"import psycopg\nOPTIONS = {options}\n" + SETTINGS + end)
    (span,) = [s for s in statements(receiver) if s.name == "SELECT pg_class"]
    assert span.attributes["db.namespace"] == "default"
    assert {s.attributes["db.namespace"] for s in statements(receiver)} == {"default"}


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_under_sqlalchemy_the_driver_is_not_observed(
    asked: Run, receiver: Receiver, driver: str
) -> None:
    """Nor what its dialect asks when it connects for the first time."""
    pytest.importorskip(driver)
    asked(f"import {driver}\nDRIVER = {driver!r}\n" + ALCHEMY)
    assert [s.name for s in statements(receiver)] == ["SELECT pg_class"] * 2


def test_under_an_asynchronous_engine_the_driver_is_not_observed(
    asked: Run, receiver: Receiver
) -> None:
    """Each of several statements at once stands in the span of its own task."""
    asked(
        """
import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
async def ask(engine, name):
    with trace.get_tracer("app").start_as_current_span(name):
        async with engine.connect() as connection:
            await connection.execute(text(ASK))
async def main():
    engine = create_async_engine(f"postgresql+psycopg://lab@127.0.0.1:{port}/postgres")
    await asyncio.gather(*(ask(engine, f"work {i}") for i in range(3)))
    await engine.dispose()
asyncio.run(main())
"""
    )
    works = {s.span_id for s in receiver.spans if s.name.startswith("work ")}
    found = statements(receiver)
    assert [s.name for s in found] == ["SELECT pg_class"] * 3
    assert {s.parent_span_id for s in found} == works


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_driver_that_cannot_connect_is_counted(
    asked: Run, receiver: Receiver, driver: str
) -> None:
    """The application gets the driver's own error."""
    pytest.importorskip(driver)
    asked(
        f"""
import {driver} as driver
try:
    driver.connect("host=127.0.0.1 port={free_port()} user=lab")
except driver.OperationalError:
    pass
"""
    )
    labels = {"database": "postgresql", "error_type": "OperationalError"}
    assert receiver.store.total("database_connection_errors_total", **labels) == 1


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_disconnecting_gives_the_driver_its_own_back(
    asked: Run, receiver: Receiver, driver: str
) -> None:
    """What is open then works on, and nothing is said of it."""
    pytest.importorskip(driver)
    out = asked(
        f"""
import {driver} as driver
wrapped = driver.connect
connection = driver.connect(line)
labotel.shutdown()
print(driver.connect is wrapped, type(driver.connect(line)) in (
    driver.Connection if driver.__name__ == "psycopg" else driver.extensions.connection,))
cursor = connection.cursor()
cursor.execute(ASK)
print(cursor.fetchall())
"""
    )
    assert out.splitlines() == ["False True", "[]"]
    assert statements(receiver) == []
