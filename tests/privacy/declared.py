"""What the application of these tests says."""

from datetime import timedelta
from typing import Annotated, Literal

from labotel import (
    MEASURED,
    Catalog,
    Counter,
    Event,
    Gauge,
    Histogram,
    Limited,
    Personal,
    Unbounded,
)


class Noted(
    Event,
    name="privacy.noted",
    instruments=(Counter("privacy_noted_total", by=("label", "closed")),),
    body="noted {note} as {closed} by {label}",
):
    """A field of each kind."""

    person: Personal[str]
    note: Unbounded[str]
    number: Unbounded[int]
    label: Annotated[str, Limited(1000)]
    closed: Literal["a", "b"]
    amount: Annotated[float, Histogram("privacy_amount", by=("closed",), buckets=(1,))] = 1.0


class Worked(Event, name="privacy.worked"):
    """Work that may fail."""

    person: Personal[str]
    duration: Annotated[timedelta, Histogram("privacy_work_seconds", by=(), buckets=(1,))] = (
        MEASURED
    )


SEEN = Gauge("privacy_seen", by={"label": Annotated[str, Limited(1000)]}, scope="process")
catalog = Catalog("privacy", events=[Noted, Worked], gauges=[SEEN])
