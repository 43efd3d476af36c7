"""Each system's application runs once for the tests of its folder, on a pipeline of its own."""

import sys
from pathlib import Path

import pytest

# At the end: `tests` and `lab` are packages there too. What is imported below is found there.
sys.path.append(str(Path(__file__).parents[2] / "examples" / "lab"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder: they need the engines."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("stack")
            item.add_marker(pytest.mark.timeout(600))
