"""Samples: what is done with each at the bench, and what is wrong with it."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final

from labotel.catalogs.lab.words import Severity
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import Personal, Unbounded

BENCH: Final = (
    300.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 86400.0, 172800.0,
)  # fmt: skip
"""Five minutes to two days, in seconds: work at a bench, fixation over night included."""


class SampleType(StrEnum):
    """What a sample is."""

    BIOPSY = "biopsy"
    TISSUE = "tissue"
    SMEAR = "smear"
    FLUID = "fluid"


class Stage(StrEnum):
    """A step of a sample's processing."""

    GROSSING = "grossing"
    EMBEDDING = "embedding"
    SECTIONING = "sectioning"
    STAINING = "staining"
    SCREENING = "screening"


class IssueType(StrEnum):
    """What is wrong with a sample."""

    LABELING = "labeling"
    INSUFFICIENT_MATERIAL = "insufficient_material"
    AUTOLYSIS = "autolysis"
    POOR_FIXATION = "poor_fixation"
    CONTAMINATION = "contamination"


class SampleProcessed(
    Event,
    name="lab.sample.processed",
    instruments=(Counter("samples_processed_total", by=("sample_type", "processing_stage")),),
    body="sample {sample_id}: {processing_stage} done",
):
    """A sample went through a stage; `duration` is how long that took."""

    sample_type: SampleType
    processing_stage: Stage
    processed_by: Personal[str]
    sample_id: Unbounded[int]
    duration: Annotated[
        timedelta,
        Histogram(
            "sample_processing_duration_seconds",
            by={"sample_type": "sample_type", "stage": "processing_stage"},
            buckets=BENCH,
        ),
    ]


class SampleIssueFound(
    Event,
    name="lab.sample.issue_found",
    instruments=(Counter("sample_quality_issues_total", by=("issue_type", "severity")),),
    severity="WARN",
    body="sample {sample_id}: {issue_type} ({severity})",
):
    """Something is wrong with a sample."""

    issue_type: IssueType
    severity: Severity
    found_by: Personal[str]
    sample_id: Unbounded[int]


EVENTS: Final = (SampleProcessed, SampleIssueFound)
