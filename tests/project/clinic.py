"""A clinic's events of every kind: what the tests of the test double say."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from labotel import (
    MEASURED,
    Catalog,
    Counter,
    Event,
    Gauge,
    Histogram,
    Limited,
    Outcome,
    Personal,
    Unbounded,
    UpDownCounter,
)


class Species(StrEnum):
    """Whom a clinic sees."""

    CANINE = "canine"
    FELINE = "feline"


class Admitted(
    Event,
    name="clinic.admitted",
    instruments=(Counter("admissions_total", by=("species", "urgent")),),
):
    """A patient came."""

    species: Species
    owner: Personal[str]
    number: Unbounded[int]
    urgent: bool = False
    ward: Annotated[str, Limited(3)] | None = None
    beds: Annotated[int, UpDownCounter("beds_taken", by=())] = 1


class Paid(Event, name="clinic.paid"):
    """A bill was paid."""

    amount: Annotated[Decimal, Counter("revenue_total", by=("method",))]
    method: Literal["cash", "card"]


class Operated(Event, name="clinic.operated"):
    """An operation came to its end."""

    species: Species
    outcome: Outcome = MEASURED
    duration: Annotated[
        timedelta,
        Histogram("operation_duration_seconds", by=("species",), buckets=(60, 600, 3600)),
    ] = MEASURED


class Weighed(Event, name="clinic.weighed", log=False, span=False):
    """A patient was weighed: no record, no event on a span."""

    species: Species
    weight: Annotated[float, Histogram("weight_kilograms", by=("species",), buckets=(1, 5, 10))]


WAITING = Gauge("patients_waiting", by={"species": Species})
STAFF = Gauge("staff_present")
catalog = Catalog("clinic", events=[Admitted, Paid, Operated, Weighed], gauges=[WAITING, STAFF])
