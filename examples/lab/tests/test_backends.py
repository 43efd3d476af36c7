"""Which database, broker and cache the environment chooses."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from lab import backends
from lab.work import WORK

VARIABLES = ("LAB_DATABASE_URL", "LAB_BROKER_URL", "LAB_CACHE_URL")
READERS = dict(zip(VARIABLES, (backends.database, backends.broker, backends.cache), strict=True))


@pytest.fixture(autouse=True)
def _nothing_is_named(monkeypatch):
    """The environment of whoever runs the tests may name servers."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize("value", [None, ""])
def test_by_default_everything_is_in_the_work_folder(monkeypatch, value):
    """An empty variable counts as unset."""
    for variable in VARIABLES:
        if value is not None:
            monkeypatch.setenv(variable, value)
    assert backends.database()["NAME"] == WORK / "lab.sqlite3"
    url, options = backends.broker()
    assert (url, options["data_folder_in"]) == ("folder://localhost", str(WORK / "queue"))
    assert backends.cache()["LOCATION"] == WORK / "cache"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://lab:s3cret@db.example:5433/lab", ("lab", "s3cret", "db.example", "5433")),
        ("postgres://lab:p%40ss%2Fw%23rd@db/lab", ("lab", "p@ss/w#rd", "db", "")),
        ("postgresql://lab@/lab?host=/run/postgresql", ("lab", "", "/run/postgresql", "")),
        ("postgresql:///lab", ("", "", "", "")),
    ],
)
def test_a_database_is_named_as_postgresql_names_it(monkeypatch, url, expected):
    """User, password, host or the folder of a socket, port; what is percent-encoded is read."""
    monkeypatch.setenv("LAB_DATABASE_URL", url)
    found = backends.database()
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert found["NAME"] == "lab"
    assert tuple(found[key] for key in ("USER", "PASSWORD", "HOST", "PORT")) == expected


def test_a_database_may_want_tls(monkeypatch):
    """The one parameter that is handed on."""
    monkeypatch.setenv("LAB_DATABASE_URL", "postgresql://lab@db/lab?sslmode=require")
    assert backends.database()["OPTIONS"] == {"sslmode": "require"}


@pytest.mark.parametrize("url", ["redis://127.0.0.1:6379/0", "rediss://:word@redis.example/1"])
def test_redis_may_be_broker_and_cache(monkeypatch, url):
    """The options of the folder's transport are not for it."""
    monkeypatch.setenv("LAB_BROKER_URL", url)
    monkeypatch.setenv("LAB_CACHE_URL", url)
    assert backends.broker() == (url, {})
    cache = backends.cache()
    assert cache == {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}


def test_messages_may_stay_in_memory(monkeypatch):
    """Of one process: for whoever tries something out."""
    monkeypatch.setenv("LAB_BROKER_URL", "memory://localhost")
    assert backends.broker() == ("memory://localhost", {})


@pytest.mark.parametrize(
    ("variable", "url", "shown"),
    [
        ("LAB_DATABASE_URL", "mysql://lab:s3cret@db/lab", "mysql://lab:***@db/lab"),
        ("LAB_DATABASE_URL", "lab:s3cret@db/lab", "lab:***@db/lab"),
        ("LAB_DATABASE_URL", "postgresql://lab:s3cret@db", "postgresql://lab:***@db"),
        ("LAB_DATABASE_URL", "postgresql://lab:s3c#ret@db/lab", "postgresql://lab:***@db/lab"),
        ("LAB_DATABASE_URL", "postgresql://lab:s3@cret@db:x/lab", "postgresql://lab:***@db:x/lab"),
        ("LAB_DATABASE_URL", "postgresql://db/lab?password=s3cret", "lab?password=***'"),
        ("LAB_DATABASE_URL", "postgresql://[db/lab", "postgresql://[db/lab"),
        ("LAB_DATABASE_URL", "postgresql://%2Frun/lab", "postgresql://%2Frun/lab"),
        ("LAB_BROKER_URL", "amqp://lab:s3cret@mq//", "amqp://lab:***@mq//"),
        ("LAB_BROKER_URL", "redis://:s3cret@redis:99999/0", "redis://:***@redis:99999/0"),
        ("LAB_CACHE_URL", "redis://:s3cret@redis/first", "redis://:***@redis/first"),
        ("LAB_CACHE_URL", "memory://localhost", "memory://localhost"),
        ("LAB_CACHE_URL", "redis://", "redis://"),
    ],
)
def test_a_wrong_address_is_said_without_its_password(monkeypatch, variable, url, shown):
    """With the variable's name and what is allowed."""
    monkeypatch.setenv(variable, url)
    with pytest.raises(ImproperlyConfigured) as raised:
        READERS[variable]()
    said = str(raised.value)
    assert said.startswith(f"{variable}=")
    assert shown in said
    assert "allowed: 'redis" in said or "allowed: 'postgresql" in said
    assert "s3" not in said
    assert "cret" not in said
