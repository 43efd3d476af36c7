"""The driver and its tests count for themselves: what is compared comes from elsewhere."""

import ast
from pathlib import Path

import pytest

HERE = Path(__file__).parent
DRIVER = HERE.parents[1] / "examples" / "lab" / "driver"
READS_DECLARATIONS = "test_ratios.py"
"""Of a ratio there is nothing but its declaration."""

FILES = sorted(DRIVER.glob("*.py"))
TESTS = [file for file in sorted(HERE.glob("*.py")) if file.name != READS_DECLARATIONS]
OURS = {"labotel", "django", "celery", "lab", "people", "post", "cases", "orders"}
VIEWER = "labotel.viewer"


@pytest.mark.parametrize("file", [*FILES, *TESTS], ids=lambda file: file.name)
def test_a_file_imports_nothing_of_ours_but_the_viewer(file: Path) -> None:
    """No event, no `emit`, no model, no word: what is compared must come from elsewhere."""
    for module in _imports(file):
        ours = module.partition(".")[0] in OURS
        viewer = f"{module}.".startswith(f"{VIEWER}.") and file in FILES
        assert not ours or viewer, f"{file.name} imports {module}"


def test_there_is_a_driver() -> None:
    """The files above are more than none."""
    assert len(FILES) > 10


def _imports(file: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found
