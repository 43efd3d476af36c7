"""The web analytics on PostgreSQL and Redis: a day, on a pipeline of its own."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from stack import debian
from stack.servers import Server
from systems.application import EXAMPLES, Application
from systems.pipeline import Pipeline, Rendered
from systems.played import Played
from systems.web import TOKEN, play


@pytest.fixture(scope="package")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Rendered:
    """The rules and dashboards of the web analytics."""
    folder = tmp_path_factory.mktemp("rendered") / "out"
    return Rendered.of(EXAMPLES / "web", "web.telemetry:catalog", folder)


@pytest.fixture(scope="package")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """What the cache is in; it runs while the application does."""
    return debian.redis(tmp_path_factory.mktemp("redis"))


@pytest.fixture(scope="package")
def played(
    rendered: Rendered, redis: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """The day, when all of it was over; the application still runs."""
    folder: Path = tmp_path_factory.mktemp("web")
    with TemporaryDirectory(prefix="labotel-postgresql-") as home:
        postgresql = debian.postgresql(folder / "postgresql", Path(home))
        with (
            Pipeline(folder, rendered, more=[redis, postgresql]) as pipeline,
            Application("web", folder / "work", pipeline, {
                "WEB_REDIS": f"redis://127.0.0.1:{redis.ports[0]}/0",
                "WEB_DATABASE_PORT": str(postgresql.ports[0]),
                "WEB_DATABASE_NAME": "postgres",
                "WEB_DATABASE_USER": "lab",
                "LABOTEL_METRICS_TOKEN": TOKEN,
                "LABOTEL_METRICS_ACCESS": "token",
            }) as application,
        ):  # fmt: skip
            yield play(application, redis)
