"""The tests of the pipeline: they need the engines."""

from pathlib import Path

import pytest

from engines import binary


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder: they run where they are asked for."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("stack")


@pytest.fixture(scope="session")
def collector_binary() -> Path:
    """The Collector."""
    return binary("labotel-collector")
