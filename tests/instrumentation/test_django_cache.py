"""`cache_operations_total`: each use of Django's caches once, whatever backend does what."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]

SETTINGS = """
import asyncio
from django.core.cache import CacheHandler, cache, caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import call_command
import django.core.cache.backends.locmem as locmem

BACKEND = "django.core.cache.backends."
settings.CACHES = {
    "default": {"BACKEND": BACKEND + "locmem.LocMemCache"},
    "files": {"BACKEND": BACKEND + "filebased.FileBasedCache",
              "LOCATION": os.environ["PROJECT_DATABASE"] + "-files"},
    "table": {"BACKEND": BACKEND + "db.DatabaseCache", "LOCATION": "cached"},
    "other": {"BACKEND": BACKEND + "locmem.LocMemCache", "LOCATION": "other"},
}
"""


@pytest.fixture
def run_caches(run_django: RunDjango, tmp_path: Path) -> RunDjango:
    """Run a body with four caches."""
    path = str(tmp_path / "db.sqlite3")
    return lambda body, **more: run_django(SETTINGS + body, PROJECT_DATABASE=path, **more)


def used(receiver: Receiver, alias: str = "default") -> dict[tuple[str, str], float | None]:
    """What stands at the receiver for a cache, by operation and result."""
    assert receiver.store.total("labotel_faults_total") == 0
    return {
        (str(p.attributes["operation"]), str(p.attributes["result"])): p.value
        for p in receiver.points
        if p.name == "cache_operations_total" and p.attributes["cache_type"] == alias
    }


EACH = """
call_command("createcachetable")

async def use(cache, call):
    await call("set", "a", 1)
    assert await call("get", "a") == 1
    assert await call("get", "no") is None
    assert await call("get", "no", "mine") == "mine"
    assert await call("get", "no", default="mine", version=1) == "mine"
    await call("set", "null", None, timeout=60)
    assert await call("get", "null", "mine") is None
    assert await call("has_key", "a") and not await call("has_key", "no")
    assert "a" in cache
    assert not await call("add", "a", 2) and await call("add", "b", 2)
    assert await call("touch", "a") and not await call("touch", "no")
    assert await call("incr", "a") == 2
    assert await call("decr", "a", 2) == 0
    try:
        await call("incr", "no")
    except ValueError:
        pass
    assert await call("get_many", ["a", "b", "no"]) == {"a": 0, "b": 2}
    assert await call("get_many", (key for key in ("a", "no"))) == {"a": 0}
    assert await call("get_many", []) == {}
    assert await call("set_many", {"x": 1, "y": 2, "z": 3}) == []
    await call("delete_many", (key for key in ("x", "y")))
    assert await call("delete", "z") and not await call("delete", "no")
    assert await call("get_or_set", "k", 5) == 5
    assert await call("get_or_set", "k", 6) == 5
    assert await call("get_or_set", "f", lambda: 7, timeout=60) == 7
    await call("incr_version", "k")
    await call("clear")

def sync(cache):
    async def call(name, *args, **kwargs):
        return getattr(cache, name)(*args, **kwargs)
    asyncio.run(use(cache, call))

def asynchronous(cache):
    async def call(name, *args, **kwargs):
        return await getattr(cache, "a" + name)(*args, **kwargs)
    asyncio.run(use(cache, call))

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the synchronous calls stand in a coroutine here
"""
EXPECTED = {
    ("set", "success"): 2 + 3 + 1,  # the last of incr_version
    ("get", "hit"): 2 + 2 + 1 + 1 + 1,
    ("get", "miss"): 3 + 1 + 1 + 2,
    ("has_key", "hit"): 2,
    ("has_key", "miss"): 1,
    ("add", "exists"): 1,
    ("add", "success"): 1 + 2,
    ("touch", "success"): 1,
    ("touch", "miss"): 1,
    ("incr", "success"): 2,
    ("incr", "miss"): 1,
    ("delete", "success"): 2 + 1 + 1,
    ("delete", "miss"): 1,
    ("clear", "success"): 1,
}


@pytest.mark.parametrize("alias", ["default", "files", "table"])
@pytest.mark.parametrize("way", ["sync", "asynchronous"])
def test_each_operation_counts_once(
    receiver: Receiver, run_caches: RunDjango, alias: str, way: str
) -> None:
    """In memory, in files and in a table; and their asynchronous forms, which call the others."""
    run_caches(EACH + f"{way}(caches[{alias!r}])\nlabotel.shutdown()")
    assert used(receiver, alias) == EXPECTED
    assert {
        p.attributes["cache_type"] for p in receiver.points if "cache_type" in p.attributes
    } == {alias}


def test_what_the_application_does_in_a_default_counts_too(
    receiver: Receiver, run_caches: RunDjango
) -> None:
    """It is the application's own use, also of the same cache."""
    run_caches("""
def make():
    caches["other"].set("o", 1)
    return cache.get("inner", 3)
assert cache.get_or_set("k", make) == 3
def fail():
    raise KeyError("mine")
try:
    cache.get_or_set("l", fail)
except KeyError as error:
    assert error.args == ("mine",)
labotel.shutdown()
""")
    assert used(receiver) == {("get", "miss"): 3, ("add", "success"): 1}
    assert used(receiver, "other") == {("set", "success"): 1}


def test_failures_are_counted_and_reach_the_application(
    receiver: Receiver, run_caches: RunDjango
) -> None:
    """A server that is gone raises; set_many names the keys that it could not set."""
    run_caches("""
class Broken(LocMemCache):
    def get(self, key, default=None, version=None): raise ConnectionError("gone")
    def set(self, *args, **kwargs): raise ConnectionError("gone")
    def incr(self, *args, **kwargs): raise ConnectionError("gone")
    def set_many(self, data, timeout=None, version=None): return ["b"]
    def delete_many(self, keys, version=None): raise ConnectionError("gone")
settings.CACHES["default"]["BACKEND"] = "__main__.Broken"

calls = [lambda: cache.get("a"), lambda: cache.set("a", 1), lambda: cache.incr("a"),
         lambda: cache.delete_many(["a", "b"]), lambda: cache.get_many("abc"),
         lambda: cache.get_or_set("a", 1)]
for call in calls:
    try:
        call()
    except ConnectionError as error:
        print(error)
assert cache.set_many({"a": 1, "b": 2, "c": 3}) == ["b"]
labotel.shutdown()
""")
    assert used(receiver) == {
        ("get", "failure"): 1 + 3 + 1,
        ("set", "failure"): 1 + 1,
        ("set", "success"): 2,
        ("incr", "failure"): 1,
        ("delete", "failure"): 2,
    }


def test_a_cache_over_another_counts_in_both(receiver: Receiver, run_caches: RunDjango) -> None:
    """Each alias by itself: what the upper one asks of the lower one was asked of it."""
    run_caches("""
class Tiered(LocMemCache):
    def get(self, key, default=None, version=None):
        found = super().get(key, None, version)
        return caches["other"].get(key, default) if found is None else found
settings.CACHES["default"]["BACKEND"] = "__main__.Tiered"
caches["other"].set("low", 1)
assert (cache.get("low"), cache.get("no", 9)) == (1, 9)
labotel.shutdown()
""")
    assert used(receiver) == {("get", "hit"): 1, ("get", "miss"): 1}
    assert used(receiver, "other") == {
        ("set", "success"): 1, ("get", "hit"): 1, ("get", "miss"): 1,
    }  # fmt: skip


def test_the_backends_of_every_thread_are_observed(
    receiver: Receiver, run_caches: RunDjango
) -> None:
    """Django makes one for each thread."""
    run_caches("""
threads = [threading.Thread(target=cache.set, args=(n, n)) for n in range(5)]
for thread in threads: thread.start()
for thread in threads: thread.join(20)
labotel.shutdown()
""")
    assert used(receiver) == {("set", "success"): 5}


def test_what_a_supplier_asks_is_not_counted(receiver: Receiver, run_caches: RunDjango) -> None:
    """On labotel's own thread."""
    run_caches("""
labotel.shutdown()
KEPT = labotel.Gauge("kept_things")
@labotel.gauge(KEPT)
def kept():
    return cache.get("things", 0)
labotel.configure(catalogs=[catalog, labotel.Catalog("kept", gauges=[KEPT])])
work()
cache.set("things", 4)
assert total("kept_things") == 4
labotel.shutdown()
""")
    assert used(receiver) == {("set", "success"): 1}


def test_shutdown_gives_handler_and_backends_back(
    receiver: Receiver, run_caches: RunDjango
) -> None:
    """A backend looks like itself all the time; configured again, an operation counts once."""
    out = run_caches("""
labotel.configure()
cache.set("a", 1)
def shown():
    backend = caches["default"]
    return (type(backend).__name__, type(backend) is LocMemCache, isinstance(backend, LocMemCache),
            CacheHandler.create_connection.__module__)
print(shown())
labotel.shutdown()
print(shown())
cache.set("a", 2)
labotel.configure(catalogs=[catalog])
cache.set("a", 3)
caches["other"].set("a", 4)
labotel.shutdown()
labotel.configure(catalogs=[catalog])
cache.set("a", 5)
labotel.shutdown()
print(shown())
""")
    during, *after = out.splitlines()
    assert during == "('LocMemCache', False, True, 'labotel.instrumentation.django.caches')"
    assert after == ["('LocMemCache', True, True, 'django.core.cache')"] * 2
    assert used(receiver) == {("set", "success"): 3}
    assert used(receiver, "other") == {("set", "success"): 1}


def test_configure_may_stand_above_the_caches(
    receiver: Receiver, environment: dict[str, str], run_django: RunDjango, tmp_path: Path
) -> None:
    """Where `django.core.cache` is imported before the settings, they are looked at later."""
    (tmp_path / "early_settings.py").write_text(
        "import django.core.cache, labotel\nSECRET_KEY = 'x'\nINSTALLED_APPS = []\nUSE_TZ = True\n"
        "labotel.configure()\n"
        "CACHES = {'late': {'BACKEND': 'django.core.cache.backends.locmem.LocMemCache'},\n"
        "          'default': {'BACKEND': 'django.core.cache.backends.dummy.DummyCache'}}\n"
    )
    run_django(
        """
        from django.core.cache import caches
        caches["late"].set("a", 1)
        caches["default"].set("a", 1)
        caches["default"].get("a")
        labotel.shutdown()
        """,
        DJANGO_SETTINGS_MODULE="early_settings",
        PYTHONPATH=f"{environment['PYTHONPATH']}:{tmp_path}",
    )
    assert used(receiver, "late") == {("set", "success"): 1}
    assert used(receiver) == {("set", "success"): 1, ("get", "miss"): 1}
