"""The driver counts for itself: it knows nothing of the application but its words."""

import ast
import importlib
from enum import EnumType
from pathlib import Path

import pytest

DRIVER = Path(__file__).parents[2] / "examples" / "lab" / "driver"
FILES = sorted(DRIVER.glob("*.py"))
OURS = {"labotel", "django", "celery", "lab", "people", "post", "cases", "orders"}
WORDS = "labotel.catalogs.lab."
VIEWER = "labotel.viewer."


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_file_imports_words_and_the_viewer_alone(file: Path) -> None:
    """No event, no `emit`, no model: what is compared must come from elsewhere."""
    for module, name in _imports(file):
        if module.partition(".")[0] not in OURS or module.startswith(VIEWER):
            continue
        assert module.startswith(WORDS) and name, f"{file.name} imports {module}"
        imported = getattr(importlib.import_module(module), name)
        assert isinstance(imported, EnumType), f"{file.name} imports {module}.{name}"


def test_there_is_a_driver() -> None:
    """The files above are more than none."""
    assert len(FILES) > 10


def _imports(file: Path) -> list[tuple[str, str]]:
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [(node.module or "", alias.name) for alias in node.names]
    return found
