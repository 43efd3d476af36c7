"""Acting when a module is imported, once, and without importing it."""

import importlib
import sys
from pathlib import Path

import pytest

from labotel.instrumentation.imports import when_imported


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


def test_a_module_that_does_not_exist_stays_missing() -> None:
    """Waiting for a module does not make it importable."""
    when_imported("surely_missing_module", print)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("surely_missing_module")
