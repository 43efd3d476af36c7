"""The warehouses: a day of their people, on a pipeline of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from systems.application import EXAMPLES, Application
from systems.logistics import play
from systems.pipeline import Pipeline, Rendered
from systems.played import Played


@pytest.fixture(scope="package")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """The rules and dashboards of the warehouses."""
    folder = tmp_path_factory.mktemp("rendered") / "out"
    return Rendered.of(EXAMPLES / "logistics", "logistics.telemetry:catalog", folder)


@pytest.fixture(scope="package")
def played(rendered: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The day, when all of it was over; the application still runs."""
    folder: Path = tmp_path_factory.mktemp("logistics")
    with (
        Pipeline(folder, rendered) as pipeline,
        Application("logistics", folder / "work", pipeline) as application,
    ):
        yield play(application)
