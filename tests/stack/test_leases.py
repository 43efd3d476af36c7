"""The leases of PostgreSQL and of Redis: one holder, one connection, free when it is gone."""

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from running import clean_environment, free_port, python

from . import debian
from .containers import settings_of
from .servers import Server

Run = Callable[..., list[str]]

BEGIN = """
import json, os, signal, subprocess, sys, time
from django.conf import settings
settings.configure(**json.loads(os.environ["APPLICATION"]))
import django
django.setup()
from labotel.instrumentation.django.lease import database_lease
from labotel.instrumentation.redis import redis_lease
make = {"postgresql": database_lease, "redis": redis_lease}[os.environ["KIND"]]
NAME = f"labotel:gauges:{os.getpid()}:"
mine, other = make(NAME, 30), make(NAME, 30)

def connections():
    '''Give the numbers of those that are not this question's own.'''
    if os.environ["KIND"] == "redis":
        from django.core.cache import cache
        client = cache._cache.get_client()
        return sorted({int(c["id"]) for c in client.client_list()} - {client.client_id()})
    found = asked("SELECT array_agg(pid) FROM pg_stat_activity WHERE application_name = 'labotel'")
    return found or []

def asked(sql):
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]

def wait_for(number):
    until = time.monotonic() + 30
    while len(connections()) != number:
        assert time.monotonic() < until, connections()
        time.sleep(0.02)
"""


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A Redis for these tests."""
    made = debian.redis(tmp_path_factory.mktemp("redis"))
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A PostgreSQL for these tests."""
    with TemporaryDirectory(prefix="labotel-postgresql-") as home:
        made = debian.postgresql(tmp_path_factory.mktemp("postgresql"), Path(home))
        made.start()
        yield made
        made.stop()


def _run(server: Server, application: dict[str, object], body: str) -> list[str]:
    """Run a body in a process of an application over a server; return the words it printed."""
    environment = {
        **clean_environment(), "APPLICATION": json.dumps(application), "KIND": server.name
    }  # fmt: skip
    return python(BEGIN + textwrap.dedent(body), environment).split()


@pytest.fixture(params=["postgresql", "redis"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a body over each of them."""
    server = request.getfixturevalue(request.param)
    return lambda body: _run(server, settings_of(server), body)


def test_one_has_it_until_it_gives_it_back(run: Run) -> None:
    """However often both ask."""
    body = """
    print(mine.held(), other.held(), mine.held(), other.held())
    other.release()
    print(mine.held())
    mine.release()
    print(other.held(), mine.held())
    """
    assert run(body) == ["True", "False", "True", "False", "True", "True", "False"]


def test_another_deployment_has_its_own(run: Run) -> None:
    """Staging beside production, on one server."""
    assert run("print(mine.held(), make(NAME + 'staging', 30).held())") == ["True"] * 2


def test_it_costs_the_holder_one_connection_and_the_others_none(run: Run) -> None:
    """They ask and close."""
    run("""
    assert mine.held() and mine.held() and not other.held()
    wait_for(1)
    mine.release()
    wait_for(0)
    """)


def test_a_fork_leaves_it_to_the_parent(run: Run) -> None:
    """The child closes its copy of the line, so that only the parent's end ends it."""
    run("""
    assert mine.held()
    line = connections()
    pid = os.fork()
    if pid == 0:
        mine.forget()
        os._exit(0)
    os.waitpid(pid, 0)
    assert mine.held() and not other.held()
    wait_for(1)
    assert connections() == line  # it did not have to begin another
    """)


def test_a_killed_parents_line_is_not_held_by_its_child(run: Run) -> None:
    """Its connection ends with it, though the child lives on."""
    run("""
    reading, writing = os.pipe()
    parent = os.fork()
    if parent == 0:
        assert mine.held()
        if os.fork() == 0:
            mine.forget()
            os.write(writing, str(os.getpid()).encode())
            time.sleep(60)
        time.sleep(60)
    child = int(os.read(reading, 100))
    wait_for(1)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    wait_for(0)
    os.kill(child, signal.SIGKILL)
    """)


def test_a_session_that_was_ended_is_begun_again(postgresql: Server) -> None:
    """By an administrator, or by the server's restart; the other may be faster."""
    body = """
    assert mine.held()
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name='labotel'"
    asked(end)
    print(mine.held(), other.held())
    asked(end)
    wait_for(0)
    print(other.held(), mine.held())
    """
    said = _run(postgresql, settings_of(postgresql), body)
    assert said == ["True", "False", "True", "False"]


def test_a_flushed_cache_frees_the_key(redis: Server) -> None:
    """Django's `cache.clear()` forgets it with everything else; who asks next has it."""
    body = """
    from django.core.cache import cache
    assert mine.held()
    cache.clear()
    print(mine.held(), other.held())
    cache.clear()
    print(other.held(), mine.held())
    """
    assert _run(redis, settings_of(redis), body) == ["True", "False", "True", "False"]


def test_a_key_that_is_not_renewed_expires(redis: Server) -> None:
    """After the time that was given, on Redis's own clock."""
    body = """
    from django.core.cache import cache
    client = cache._cache.get_client()
    assert mine.held()
    print(29_000 < client.pttl(NAME) <= 30_000)
    client.pexpire(NAME, 1000)
    assert mine.held()
    print(client.pttl(NAME) > 2000)
    """
    assert _run(redis, settings_of(redis), body) == ["True", "True"]


def test_the_connection_is_none_of_the_applications(postgresql: Server) -> None:
    """Neither Django's pool nor its settings, wrappers and signals have to do with it."""
    application = settings_of(postgresql)
    application["DATABASES"]["default"]["OPTIONS"] = {"pool": True, "connect_timeout": 9}
    body = """
    from django.db import connections
    from django.db.backends.signals import connection_created
    opened = []
    connection_created.connect(lambda **_: opened.append(1), weak=False)
    assert mine.held()
    known = [c for c in connections.all(initialized_only=True) if c.connection is not None]
    print(opened, known, settings.DATABASES["default"]["OPTIONS"])
    """
    said = " ".join(_run(postgresql, application, body))
    assert said == "[] [] {'pool': True, 'connect_timeout': 9}"


def test_behind_a_pooler_there_is_no_lease(postgresql: Server, tmp_path: Path) -> None:
    """PgBouncer lends a session to many: two would have one lock, or nobody ever again."""
    pooler = debian.pgbouncer(tmp_path, behind=postgresql.ports[0])
    pooler.start()
    application = settings_of(postgresql)
    application["DATABASES"]["default"]["PORT"] = pooler.ports[0]
    try:
        assert _run(postgresql, application, "print(mine.held())") == ["None"]
    finally:
        pooler.stop()


@pytest.mark.parametrize("away", ["postgresql", "redis"])
def test_who_does_not_listen_is_said(away: str, request: pytest.FixtureRequest) -> None:
    """By an error, for whoever asked; nothing is kept open."""
    server = request.getfixturevalue(away)
    nobody = Server(away, [], server.folder, [free_port()], lambda: True)
    body = """
    try:
        mine.held()
    except Exception as error:
        print(type(error).__name__, mine._connection)
    mine.release()
    """
    error = {"postgresql": "OperationalError", "redis": "ConnectionError"}[away]
    assert _run(nobody, settings_of(nobody), body) == [error, "None"]


def test_the_broker_serves_where_no_cache_does(redis: Server) -> None:
    """Celery's, where Django's caches are none of Redis, as those by default."""
    body = f"""
    assert mine is other is None
    from celery import Celery
    app = Celery("x", broker="redis://127.0.0.1:{redis.ports[0]}/3")
    mine, other = make(NAME, 30), make(NAME, 30)
    print(mine.held(), other.held(), database_lease(NAME, 30))
    """
    assert _run(redis, {}, body) == ["True", "False", "None"]


def test_other_databases_have_none(redis: Server) -> None:
    """SQLite is one host's; a lock of MySQL's is not built."""
    application: dict[str, object] = {
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
    }
    assert _run(redis, application, "print(database_lease('a', 30))") == ["None"]
    assert _run(redis, {}, "print(database_lease('a', 30))") == ["None"]
