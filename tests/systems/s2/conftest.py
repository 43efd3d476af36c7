"""The billing analytics on Redis: a day of its people, on a pipeline of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack import debian
from systems.application import EXAMPLES, Application
from systems.billing import play
from systems.pipeline import Pipeline, Rendered
from systems.played import Played


@pytest.fixture(scope="package")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """The rules and dashboards of the billing analytics."""
    folder = tmp_path_factory.mktemp("rendered") / "out"
    return Rendered.of(EXAMPLES / "billing", "billing.telemetry:catalog", folder)


@pytest.fixture(scope="package")
def played(rendered: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """The day, when all of it was over; the application still runs."""
    folder: Path = tmp_path_factory.mktemp("billing")
    redis = debian.redis(folder / "redis")
    with (
        Pipeline(folder, rendered, more=[redis]) as pipeline,
        Application("billing", folder / "work", pipeline, {
            "BILLING_REDIS": f"redis://127.0.0.1:{redis.ports[0]}",
        }) as application,
    ):  # fmt: skip
        yield play(application, redis)
