# pyright: strict
"""Right uses of the test double: mypy and pyright, both strict, find nothing here."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import assert_type

from opentelemetry.sdk.trace import ReadableSpan

import labotel
from labotel.testing import Distribution, Logged, Recorded, Telemetry, recording
from project.clinic import Admitted, Operated, Species


def test_the_fixture(telemetry: Telemetry) -> None:
    """As a test with the fixture has it."""
    labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=7))
    admitted = telemetry.one(Admitted, species="canine", number=7)
    assert_type(admitted, Admitted)
    assert_type(admitted.species, Species)
    assert_type(admitted.owner, str)
    assert_type(telemetry.one(Operated).duration, timedelta)
    assert_type(telemetry.all(Operated, species=Species.FELINE), list[Operated])
    telemetry.none(Admitted, species=Species.FELINE)
    assert_type(telemetry.metric("admissions_total", species="canine"), int | float | Decimal)
    assert telemetry.metric("admissions_total") == 1
    assert_type(telemetry.histogram("weight_kilograms"), Distribution)
    assert_type(telemetry.histogram("weight_kilograms").buckets[5], int)
    assert_type(telemetry.prefix("admissions_"), dict[str, int | float | Decimal])
    assert_type(telemetry.history, list[Recorded])
    assert_type(telemetry.history[0].time, datetime)
    assert_type(telemetry.history[0].trace_id, str | None)
    assert_type(telemetry.logs, list[Logged])
    assert_type(telemetry.spans, list[ReadableSpan])
    telemetry.freeze(datetime(2026, 3, 1, tzinfo=UTC))
    telemetry.advance(timedelta(minutes=1))
    telemetry.unfreeze()
    telemetry.clear()


def without_pytest() -> int:
    """As a script has it."""
    with recording() as telemetry:
        assert_type(telemetry, Telemetry)
    with recording(strict=False) as telemetry:
        return len(telemetry.all(Admitted))
