"""What the laboratory keeps of a case, and the steps that change it."""

from cases.models.attachment import Attachment
from cases.models.protocol import Protocol
from cases.models.report import AlreadyFinalized, Report
from cases.models.sample import QualityCheck, Rework, Sample, SampleIssue

__all__ = [
    "AlreadyFinalized",
    "Attachment",
    "Protocol",
    "QualityCheck",
    "Report",
    "Rework",
    "Sample",
    "SampleIssue",
]
