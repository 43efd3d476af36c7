"""A recording without the plugin, and suites for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from labotel.events.gauges import suppliers
from labotel.testing import Telemetry, recording
from testing_suite import NO_NETWORK, Suite


@pytest.fixture
def suite(tmp_path: Path) -> Suite:
    """An empty suite, away from the network."""
    made = Suite(tmp_path)
    made.ini("")
    made.write(conftest=NO_NETWORK)
    return made


@pytest.fixture
def telemetry() -> Iterator[Telemetry]:
    """A recording of this test."""
    with recording() as made:
        yield made


@pytest.fixture
def own_suppliers() -> Iterator[None]:
    """Give back, after a test, the suppliers of gauges that there were before it."""
    kept = dict(suppliers)
    yield
    suppliers.clear()
    suppliers.update(kept)
