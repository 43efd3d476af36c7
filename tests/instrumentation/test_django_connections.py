"""`database_connections_current`: what Django's connection wrappers hold open in each process."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver

BODY = """
from django.db import connection, connections, transaction

NAME = "database_connections_current"

def states(alias="default"):
    return [total(NAME, database=alias, state=state) for state in ("active", "idle")]
work()
"""


@pytest.fixture
def run_database(run_django: Callable[..., str], tmp_path: Path) -> Callable[[str], str]:
    """Run a body with a database in a file, as threads share it."""
    return lambda body: run_django(BODY + body, PROJECT_DATABASE=str(tmp_path / "db.sqlite3"))


def test_a_connection_is_active_in_a_query_or_a_transaction_and_else_idle(
    run_database: Callable[[str], str],
) -> None:
    """Three threads: one idle, one in an atomic block, one in a query that waits."""
    out = run_database(
        """
print("none:", states())
connection.ensure_connection()
print("opened:", states())
there, go = threading.Barrier(3), threading.Event()

def in_transaction():
    with transaction.atomic():
        there.wait(20)
        go.wait(20)
    connection.close()

def wait():
    there.wait(20)
    go.wait(20)
    return 1

def in_query():
    connection.ensure_connection()
    connection.connection.create_function("wait", 0, wait)
    with connection.cursor() as cursor:
        cursor.execute("SELECT wait()")
    connection.close()

threads = [threading.Thread(target=f) for f in (in_transaction, in_query)]
for thread in threads: thread.start()
there.wait(20)
print("three:", states())
go.set()
for thread in threads: thread.join(20)
print("one:", states())
connection.close()
print("closed:", states())
"""
    )
    assert out.splitlines() == [
        "none: [0, 0]",
        "opened: [0, 1]",
        "three: [2, 1]",
        "one: [0, 1]",
        "closed: [0, 0]",
    ]


def test_each_alias_of_the_settings_has_both_states(
    receiver: Receiver, run_database: Callable[[str], str]
) -> None:
    """Also one that this process never connected to; with 0."""
    run_database(
        """
settings.DATABASES["replica"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}
connection.ensure_connection()
assert states() == [0, 1] and states("replica") == [0, 0]
"""
    )
    found = {
        (p.attributes["database"], p.attributes["state"])
        for p in receiver.points
        if p.name == "database_connections_current"
    }
    assert found == {(a, s) for a in ("default", "replica") for s in ("active", "idle")}


def test_the_connections_of_labotels_own_thread_do_not_count(
    run_database: Callable[[str], str],
) -> None:
    """A supplier that queries opens one; it is given back after the reading."""
    out = run_database(
        """
labotel.shutdown()
ROWS = labotel.Gauge("rows_seen")

@labotel.gauge(ROWS)
def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    own = connections["default"]  # this thread's
    seen.append((own, own.connection is not None, list(suppliers[NAME][1]())))
    return 1

seen = []
labotel.configure(catalogs=[catalog, labotel.Catalog("rows", gauges=[ROWS])])
work()
connection.ensure_connection()
assert labotel.flush(10)
own, was_open, rows = seen[0]
print(own is not connections["default"], was_open, [n for _, _, n in rows], own.connection)
"""
    )
    assert out.strip() == "True True [0, 1] None"


def test_a_forked_child_forgets_its_parents_connections(
    run_database: Callable[[str], str],
) -> None:
    """What it inherited is its parent's; what it opens is its own."""
    out = run_database(
        """
connection.ensure_connection()
pid = os.fork()
if pid == 0:
    rows = lambda: [n for _, _, n in suppliers[NAME][1]()]
    before = rows()
    connections["default"].connect()
    print(before, rows(), flush=True)
    os._exit(0)
os.waitpid(pid, 0)
print(states())
"""
    )
    assert out.splitlines() == ["[0, 0] [0, 1]", "[0, 1]"]


def test_a_wrapper_that_nobody_keeps_is_forgotten(run_database: Callable[[str], str]) -> None:
    """A server's thread ends and takes its connection with it (asgiref may keep the last one)."""
    out = run_database(
        """
for _ in range(20):
    thread = threading.Thread(target=connection.ensure_connection)
    thread.start()
    thread.join(20)
import gc; gc.collect()
active, idle = states()
print(active, idle <= 1)
"""
    )
    assert out.strip() == "0 True"


def test_what_is_open_when_labotel_is_configured_counts(
    run_database: Callable[[str], str],
) -> None:
    """Once, also after it was shut down and configured again."""
    out = run_database(
        """
connection.ensure_connection()
labotel.shutdown()
print(NAME in suppliers, connection.execute_wrappers)
labotel.configure(catalogs=[catalog])
work()
print(states())
"""
    )
    assert out.splitlines() == ["False []", "[0, 1]"]


def test_a_process_without_databases_has_none(run_django: Callable[..., str]) -> None:
    """Django's stand-in for no database at all is none."""
    run_django(
        """
        settings.DATABASES.clear()
        from django.db import connections
        assert list(connections) == ["default"]
        work()
        assert total("database_connections_current") == 0
        assert list(suppliers["database_connections_current"][1]()) == []
        """
    )


def test_what_an_application_wraps_around_its_queries_stays_its_own(
    run_database: Callable[[str], str],
) -> None:
    """Four requests, each with a connection that is opened within the application's wrapping."""
    out = run_database(
        """
from django.db import connection
seen = []

def mine(execute, *given):
    seen.append(1)
    return execute(*given)

for _ in range(4):
    with connection.execute_wrapper(mine), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    print(mine in connection.execute_wrappers, len(connection.execute_wrappers))
    connection.close()
print(len(seen), total("database_query_duration_seconds"))
"""
    )
    assert out.split() == ["False", "1"] * 4 + ["4", "4"]
