"""The pipeline and the laboratory's two weeks on it: once a run, for all tests that look at them.

Loaded by `tests/conftest.py`; what it needs is imported where a test asks for it.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stack.stack import Stack
    from stack.story import Story

LABORATORY = str(Path(__file__).parents[2] / "examples" / "lab")
if LABORATORY not in sys.path:
    # At the end: `tests` and `lab` are packages there too.
    sys.path.append(LABORATORY)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Stack]":
    """The whole pipeline; where it cannot be had, the run ends with the one reason."""
    from stack.stack import Stack

    folder = tmp_path_factory.mktemp("stack")
    with ExitStack() as running:
        try:
            made = running.enter_context(Stack(folder))
        except Exception as error:
            pytest.exit(f"the engines did not start: {error}", returncode=1)
        yield made


@pytest.fixture(scope="session")
def story(stack: "Stack", tmp_path_factory: pytest.TempPathFactory) -> "Story":
    """What happened on it, and what was there when it was over."""
    from stack.story import tell

    work = tmp_path_factory.mktemp("laboratory")
    try:
        return tell(stack, work)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        pytest.exit(f"the two weeks ended early: {said}\nlogs: {stack.folder}, {work}", 1)
