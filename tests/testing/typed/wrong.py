# pyright: strict
"""Wrong uses of the test double: each line marked so is an error to mypy and to pyright."""

from datetime import timedelta

import labotel.testing
from labotel.testing import Telemetry, recording
from project.clinic import Admitted, Operated


def test_it(telemetry: Telemetry) -> None:
    """Each of these would fail when it runs, too."""
    telemetry.one("clinic.admitted")  # error
    telemetry.one(int)  # error
    telemetry.one()  # error
    telemetry.one(Admitted).duration  # error
    number: str = telemetry.one(Admitted).number  # error
    found: list[Operated] = telemetry.all(Admitted)  # error
    nothing: Admitted = telemetry.none(Admitted)  # error
    telemetry.metric(Admitted)  # error
    telemetry.metric("admissions_total", "canine")  # error
    telemetry.histogram("weight_kilograms").mean  # error
    telemetry.prefix(5)  # error
    telemetry.history()  # error
    telemetry.freeze("2026-03-01")  # error
    telemetry.advance(5)  # error
    telemetry.advence(timedelta(0))  # error
    telemetry.history[0].time = None  # error
    labotel.testing.recordng()  # error
    assert number and found and nothing


with recording(True):  # error
    pass
