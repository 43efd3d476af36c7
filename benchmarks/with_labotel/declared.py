"""The event as labotel's users declare it: the same name, labels, buckets and fields."""

from datetime import timedelta
from typing import Annotated

from benchmarks.workload.completed import (
    COUNTER,
    HISTOGRAM,
    HOURS_TO_DAYS,
    NAME,
    AnalysisType,
    Species,
)
from labotel import Catalog, Counter, Event, Histogram, Personal, Unbounded

_BY = ("species", "analysis_type")


class ProtocolCompleted(Event, name=NAME, instruments=(Counter(COUNTER, by=_BY),)):
    """A protocol's report was sent; `duration` is from its submission."""

    species: Species
    analysis_type: AnalysisType
    veterinarian: Personal[str]
    protocol_id: Unbounded[int]
    duration: Annotated[timedelta, Histogram(HISTOGRAM, by=_BY, buckets=HOURS_TO_DAYS)]


catalog = Catalog("bench", events=[ProtocolCompleted])
