"""The engines run once for all tests here, and the laboratory's two weeks on them."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
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
    """The whole pipeline; where it cannot be had, the run ends with the one reason."""
    folder = tmp_path_factory.mktemp("stack")
    with ExitStack() as running:
        try:
            made = running.enter_context(Stack(folder))
        except Exception as error:
            pytest.exit(f"the engines did not start: {error}", returncode=1)
        yield made


@pytest.fixture(scope="session")
def story(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Story:
    """What happened on it, and what was there when it was over."""
    work = tmp_path_factory.mktemp("laboratory")
    try:
        return tell(stack, work)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        pytest.exit(f"the two weeks ended early: {said}\nlogs: {stack.folder}, {work}", 1)
