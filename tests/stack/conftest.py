"""The engines run once for all tests here, and the laboratory's two weeks on them."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines import binary

# At the end: `tests` and `lab` are packages there too. What is imported below is found there.
sys.path.append(str(Path(__file__).parents[2] / "examples" / "lab"))

from .stack import Stack
from .story import Story, tell


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder: they run where they are asked for."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("stack")


@pytest.fixture(scope="session")
def collector_binary() -> Path:
    """The Collector."""
    return binary("labotel-collector")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole pipeline."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="session")
def story(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """What happened on it, and what was there when it was over."""
    return tell(stack, tmp_path_factory.mktemp("laboratory"))
