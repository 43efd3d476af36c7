"""Backends that are not Django's own work under labotel as they do without it."""

from collections.abc import Callable

from labotel.viewer.receiver import Receiver

RunDjango = Callable[..., str]

OTHERS = """
import copy, pickle
from django.core.cache import cache, caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache

class Slim(BaseCache):
    "Its `get` knows no default."
    def __init__(self, location, params): super().__init__(params); self.kept = {}
    def get(self, key, version=None): return self.kept.get(key)
    def set(self, key, value, timeout=None, version=None): self.kept[key] = value

class Remembering(LocMemCache):
    "Keeps what it was asked for, misses too."
    near = {}
    def get(self, key, default=None, version=None):
        return self.near.setdefault(key, super().get(key, default, version))
    def get_many(self, keys, version=None):
        self.given = keys
        return {key: self.get(key) for key in keys if key != "no"}
    def get_or_set(self, key, default, timeout=None, version=None):
        self.given = default
        self.set(key, default)
        return default

class Copying(LocMemCache):
    def get(self, key, default=None, version=None):
        return copy.deepcopy(super().get(key, default, version))

class Flowing(LocMemCache):
    "Gives pairs one by one."
    def get_many(self, keys, version=None): return ((key, self.get(key)) for key in keys)

class Prefixed(LocMemCache):
    "An heir that leaves Django's own methods as they are."
    def __init__(self, *args): super().__init__(*args); self.key_prefix = "mine"

settings.CACHES = {
    name.lower(): {"BACKEND": f"__main__.{name}", "LOCATION": name}
    for name in ("Slim", "Remembering", "Copying", "Flowing", "Prefixed")
} | {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "file": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
             "LOCATION": os.environ["LABOTEL_RUNTIME_DIR"] + "-files"},
}
slim, remembering, copying = caches["slim"], caches["remembering"], caches["copying"]
"""


def used(receiver: Receiver, alias: str) -> dict[tuple[str, str], float | None]:
    """What stands at the receiver for a cache, by operation and result."""
    assert receiver.store.total("labotel_faults_total") == 0
    return {
        (str(p.attributes["operation"]), str(p.attributes["result"])): p.value
        for p in receiver.points
        if p.name == "cache_operations_total" and p.attributes["cache_type"] == alias
    }


def test_a_get_without_a_default_is_called_as_it_was(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """A signature of the backend's own; what is not there is told by its None."""
    run_django(
        OTHERS
        + """
slim.set("a", 1)
assert (slim.get("a"), slim.get("no"), slim.get("a", version=1)) == (1, None, 1)
labotel.shutdown()
"""
    )
    assert used(receiver, "slim") == {
        ("set", "success"): 1, ("get", "hit"): 2, ("get", "miss"): 1,
    }  # fmt: skip


def test_a_backend_that_keeps_or_copies_its_default_gets_the_applications(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """No object of labotel's reaches the application, on any way."""
    run_django(
        OTHERS
        + """
assert remembering.get("no") is None and remembering.get("no") is None
assert remembering.near == {"no": None}
mine = object()
assert remembering.get("other", mine) is mine and remembering.near["other"] is mine
assert copying.get("no") is None and copying.get("no", default=3) == 3
copying.set("a", [1])
assert copying.get("a") == [1]
labotel.shutdown()
"""
    )
    assert used(receiver, "remembering") == {("get", "miss"): 3}
    assert used(receiver, "copying") == {
        ("get", "miss"): 2, ("get", "hit"): 1, ("set", "success"): 1,
    }  # fmt: skip


def test_arguments_and_results_of_other_methods_are_left_alone(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """An iterator stays one, a default stays itself, a generator is not used up."""
    run_django(
        OTHERS
        + """
keys = (key for key in ("a", "no"))
assert remembering.get_many(keys) == {"a": None} and remembering.given is keys
assert remembering.get_or_set("k", 5) == 5 and remembering.given == 5
caches["flowing"].set("a", 1)
assert list(caches["flowing"].get_many(["a"])) == [("a", 1)]
labotel.shutdown()
"""
    )
    # Of keys that may be read once, those that were found; a `get_or_set` is what it asks itself.
    assert used(receiver, "remembering") == {("get", "hit"): 1, ("set", "success"): 1}
    assert used(receiver, "flowing") == {("set", "success"): 1, ("get", "hit"): 1}  # read later


def test_an_heir_with_djangos_methods_tells_a_miss_from_a_value(
    receiver: Receiver, run_django: RunDjango
) -> None:
    """As Django's own backends do: also where the default, or None, is what was set."""
    run_django(
        OTHERS
        + """
heir = caches["prefixed"]
heir.set("null", None)
heir.set("number", 0)
assert (heir.get("null"), heir.get("number", 0), heir.get("no", 0)) == (None, 0, 0)
labotel.shutdown()
"""
    )
    assert used(receiver, "prefixed") == {
        ("set", "success"): 2, ("get", "hit"): 2, ("get", "miss"): 1,
    }  # fmt: skip


def test_a_backend_can_be_pickled_and_copied(run_django: RunDjango) -> None:
    """By every protocol, as its own class, which a process without labotel knows."""
    out = run_django(
        OTHERS
        + """
from django.core.cache.backends.filebased import FileBasedCache
file = caches["file"]
file.set("a", 1)
for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
    again = pickle.loads(pickle.dumps(file, protocol))
    assert type(again) is FileBasedCache and again.get("a") == 1
assert type(copy.copy(file)) is FileBasedCache

class Reduced(LocMemCache):
    def __reduce__(self): return self.__class__, ("mine", {})
settings.CACHES["reduced"] = {"BACKEND": "__main__.Reduced"}
assert type(pickle.loads(pickle.dumps(caches["reduced"]))) is Reduced
print("done")
"""
    )
    assert out == "done\n"
