"""Quality control: what is checked, and what is done again."""

from enum import StrEnum
from typing import Final

from labotel.events.event import Event
from labotel.events.instruments import Counter
from labotel.events.marks import Personal, Unbounded


class CheckType(StrEnum):
    """What is checked."""

    LABEL = "label"
    SECTION = "section"
    STAIN = "stain"
    REPORT = "report"


class CheckResult(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"


class WorkType(StrEnum):
    """What is done again."""

    EMBEDDING = "embedding"
    SECTION = "section"
    STAIN = "stain"
    REPORT = "report"


class ReworkReason(StrEnum):
    """Why it is done again."""

    POOR_QUALITY = "poor_quality"
    WRONG_SAMPLE = "wrong_sample"
    MORE_LEVELS = "more_levels"


class QualityChecked(
    Event,
    name="lab.quality.checked",
    # The name says `passed`, the label says which: checks of either result are counted.
    instruments=(Counter("quality_control_passed_total", by=("check_type", "result")),),
    body="quality control of a {check_type}: {result}",
):
    """A check of the quality control ended."""

    check_type: CheckType
    result: CheckResult
    checked_by: Personal[str]
    sample_id: Unbounded[int | None] = None


class ReworkRequired(
    Event,
    name="lab.quality.rework_required",
    instruments=(Counter("rework_required_total", by=("work_type", "reason")),),
    severity="WARN",
    body="a {work_type} must be done again: {reason}",
):
    """Work must be done again."""

    work_type: WorkType
    reason: ReworkReason
    required_by: Personal[str]
    sample_id: Unbounded[int | None] = None


EVENTS: Final = (QualityChecked, ReworkRequired)
