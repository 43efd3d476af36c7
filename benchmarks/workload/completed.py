"""The values of the event that every side says, as an application has them."""

from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple

NAME: Final = "bench.protocol.completed"
COUNTER: Final = "bench_protocols_completed_total"
HISTOGRAM: Final = "bench_protocols_processing_duration_seconds"
HOURS_TO_DAYS: Final = (
    3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 86400.0, 172800.0, 259200.0, 432000.0, 604800.0,
    1209600.0, 2592000.0,
)  # fmt: skip
"""The bucket bounds of both sides' histogram (labotel's HOURS_TO_DAYS)."""


class Species(StrEnum):
    """The animal that a sample is from."""

    CANINE = "canine"
    FELINE = "feline"
    EQUINE = "equine"
    BOVINE = "bovine"
    OTHER = "other"


class AnalysisType(StrEnum):
    """What is done with a sample."""

    CYTOLOGY = "cytology"
    HISTOPATHOLOGY = "histopathology"


class Completed(NamedTuple):
    """One protocol whose report was sent."""

    species: Species
    analysis_type: AnalysisType
    veterinarian: str
    protocol_id: int
    duration: timedelta


def completed(number: int) -> list[Completed]:
    """Return so many protocols: ten series, fifty veterinarians, every id different."""
    species, analyses = list(Species), list(AnalysisType)
    return [
        Completed(
            species[i % 5],
            analyses[i % 2],
            f"v-{i % 50}",
            i,
            timedelta(seconds=60 + i * 7919 % 1_000_000),
        )
        for i in range(number)
    ]
