"""Runs with an installed labotel and pytest and nothing else: the fixture is there by itself."""

from typing import Literal

import labotel
from labotel.testing import Telemetry


class Probed(labotel.Event, name="wheel.probed", instruments=(labotel.Counter("probes_total"),)):
    """The wheel was tried."""

    kind: Literal["first", "second"]


def test_the_fixture_needs_no_django_and_no_configure(telemetry: Telemetry) -> None:
    """An event, its metric, and what was not said."""
    labotel.emit(Probed(kind="first"))
    assert telemetry.one(Probed).kind == "first"
    assert telemetry.metric("probes_total", kind="first") == 1
    telemetry.none(Probed, kind="second")
