"""The research system: a day of its people, on a pipeline of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from systems.application import EXAMPLES, Application
from systems.pipeline import Pipeline, Rendered
from systems.played import Played
from systems.research import play


@pytest.fixture(scope="package")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """The rules and dashboards of the research system."""
    folder = tmp_path_factory.mktemp("rendered") / "out"
    return Rendered.of(EXAMPLES / "research", "research.telemetry:catalog", folder)


@pytest.fixture(scope="package")
def played(rendered: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The day, when all of it was over; the application still runs."""
    folder: Path = tmp_path_factory.mktemp("research")
    with (
        Pipeline(folder, rendered) as pipeline,
        Application("research", folder / "work", pipeline, {
            "LABOTEL_METRICS_TOKEN": "sesame", "LABOTEL_METRICS_ACCESS": "token",
        }) as application,
    ):  # fmt: skip
        yield play(application)
