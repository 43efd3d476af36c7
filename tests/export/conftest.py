"""What the tests of the export share: transports by settings, away from the machine's proxies."""

import json
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from asking import ASK
from labotel.export import batches, courier
from labotel.export.folder import RuntimeFolder
from labotel.export.settings import resolve
from labotel.export.transport import Transport
from outages import Clock, Outage
from running import run


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def folder(tmp_path: Path) -> RuntimeFolder:
    """The folder of one service."""
    return RuntimeFolder(tmp_path, "lab", "x")


@pytest.fixture
def transport() -> Iterator[Callable[..., Transport]]:
    """Makes transports by settings; all are closed at the end."""
    made: list[Transport] = []

    def make(endpoint: str, **keywords: Any) -> Transport:
        found, problems = resolve({"endpoint": endpoint, **keywords}, {}, {})
        assert problems == []
        made.append(Transport(found))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands still until the test turns it on."""
    made = Clock()
    monkeypatch.setattr(batches, "time", made)
    monkeypatch.setattr(courier, "time", made)
    return made


@pytest.fixture
def outage() -> Iterator[Outage]:
    """A receiver that may go away."""
    made = Outage()
    with made.receiver:
        yield made


Told = Callable[..., Any]


@pytest.fixture
def told(environment: dict[str, str]) -> Told:
    """Run a body that asks for the page, by these variables; return the JSON that it printed."""
    quiet = environment | {"OTEL_METRIC_EXPORT_INTERVAL": "60000"}
    return lambda body, **more: json.loads(run(ASK + textwrap.dedent(body), quiet | more))
