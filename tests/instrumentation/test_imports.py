"""Acting when a module is imported, once, and without importing it."""

import importlib
import sys
from pathlib import Path

import pytest

from labotel.instrumentation.imports import _waiting, when_imported
from running import python


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that nobody has imported."""
    name = f"awaited_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text("value = 42\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def test_it_waits_for_the_import(module: str) -> None:
    """The act is called with the loaded module, once, in the order of the calls."""
    seen: list[tuple[str, int]] = []
    when_imported(module, lambda m: seen.append(("first", m.value)))
    when_imported(module, lambda m: seen.append(("second", m.value)))
    assert module not in sys.modules
    loaded = importlib.import_module(module)
    importlib.reload(loaded)
    assert seen == [("first", 42), ("second", 42)]
    assert loaded.__loader__ is loaded.__spec__.loader
    assert type(loaded.__loader__).__name__ == "SourceFileLoader"


def test_what_is_imported_already_is_acted_on_at_once(module: str) -> None:
    """No second import is needed."""
    importlib.import_module(module)
    seen: list[int] = []
    when_imported(module, lambda m: seen.append(m.value))
    assert seen == [42]


def test_what_waits_can_be_taken_back(module: str) -> None:
    """Each act alone; taken back later, or twice, it changes nothing."""
    seen: list[str] = []
    first = when_imported(module, lambda _: seen.append("first"))
    second = when_imported(module, lambda _: seen.append("second"))
    first()
    first()
    importlib.import_module(module)
    second()
    assert seen == ["second"]
    assert module not in _waiting


CYCLES = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
os.environ["PROJECT_CONFIGURE"] = "never"
import labotel
from labotel.instrumentation.imports import _waiting

def waiting():
    return {module: len(acts) for module, acts in _waiting.items() if module != READY}

READY = "django.apps.registry"
labotel.configure()
before = waiting()
for _ in range(5):
    labotel.shutdown(0)
    assert not waiting(), waiting()
    labotel.configure()
assert waiting() == before and before
import django
import django.apps.registry as registry
django.setup()
assert registry.Apps.populate.__module__ == "django.apps.registry"
from django.core.handlers.base import BaseHandler
assert BaseHandler.get_response.__module__.startswith("labotel")
labotel.shutdown(0)
assert BaseHandler.get_response.__module__ == "django.core.handlers.base"
"""


def test_configuring_again_and_again_leaves_nothing_behind(environment: dict[str, str]) -> None:
    """Before Django is loaded: what waited is taken back, and the registry is itself again."""
    python(CYCLES, environment)


def test_a_registry_that_somebody_else_wraps_stays_wrapped(environment: dict[str, str]) -> None:
    """Their method is not thrown away, and each of ours is called once."""
    out = python(
        """
import django.apps.registry as registry
from labotel.instrumentation.django.ready import when_ready

when_ready(lambda: print("first"))
ours = registry.Apps.populate
def theirs(apps, installed=None):
    ours(apps, installed)
registry.Apps.populate = theirs
when_ready(lambda: print("second"))
taken = when_ready(lambda: print("taken back"))
taken()
registry.apps.populate([])
registry.apps.populate([])
assert registry.Apps.populate is theirs
""",
        environment,
    )
    assert out.splitlines() == ["first", "second"]


def test_a_module_that_does_not_exist_stays_missing() -> None:
    """Waiting for a module does not make it importable."""
    when_imported("surely_missing_module", print)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("surely_missing_module")
