"""Samples: what is done with each at the bench, what is wrong with it, what is checked."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import models

from cases.models.protocol import Protocol
from cases.step import step
from lab import clock
from lab.choices import choices
from lab.say import say
from labotel.catalogs.lab.protocols import ProtocolStatus
from labotel.catalogs.lab.quality import (
    CheckResult,
    CheckType,
    QualityChecked,
    ReworkReason,
    ReworkRequired,
    WorkType,
)
from labotel.catalogs.lab.samples import (
    IssueType,
    SampleIssueFound,
    SampleProcessed,
    SampleType,
    Stage,
)
from labotel.catalogs.lab.words import Severity

ON_THE_BENCH = (ProtocolStatus.RECEIVED, ProtocolStatus.PROCESSING)


@dataclass(frozen=True)
class Rework:
    """Work that must be done again, and why."""

    work_type: WorkType
    reason: ReworkReason


class Sample(models.Model):
    """A piece of an animal, and the last thing that was done with it."""

    protocol = models.ForeignKey(Protocol, on_delete=models.CASCADE, related_name="samples")
    sample_type = models.CharField(max_length=20, choices=choices(SampleType))
    stage = models.CharField(max_length=20, choices=choices(Stage), blank=True)
    stage_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        """In the order in which they were entered."""

        ordering = ("pk",)

    def __str__(self) -> str:
        return f"sample {self.pk}"

    @step
    def process(self, stage: Stage, by: User) -> None:
        """Note that the sample went through a stage, which took since the stage before."""
        protocol = self.protocol
        protocol.expect(*ON_THE_BENCH)
        began = self.stage_at or protocol.received_at or protocol.status_since
        self.stage, self.stage_at = stage.value, clock.now()
        self.save(update_fields=["stage", "stage_at"])
        say(
            SampleProcessed(
                sample_type=SampleType(self.sample_type),
                processing_stage=stage,
                processed_by=str(by.pk),
                sample_id=self.pk,
                duration=self.stage_at - began,
            )
        )

    @step
    def find_issue(self, issue_type: IssueType, severity: Severity, by: User) -> None:
        """Note that something is wrong with the sample."""
        self.protocol.expect(*ON_THE_BENCH)
        self.issues.create(issue_type=issue_type.value, severity=severity.value, found_by=by)
        say(
            SampleIssueFound(
                issue_type=issue_type, severity=severity, found_by=str(by.pk), sample_id=self.pk
            )
        )

    @step
    def check_quality(
        self, check_type: CheckType, result: CheckResult, by: User, rework: Rework | None = None
    ) -> None:
        """Note how a check of the quality control ended, and what it wants done again."""
        # A check may come late: sections are looked at again after the report is out.
        self.protocol.expect(*ON_THE_BENCH, ProtocolStatus.COMPLETED)
        check = self.checks.create(check_type=check_type.value, result=result.value, checked_by=by)
        say(
            QualityChecked(
                check_type=check_type, result=result, checked_by=str(by.pk), sample_id=self.pk
            )
        )
        if rework is not None:
            check.require(rework)


class SampleIssue(models.Model):
    """Something that is wrong with a sample."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="issues")
    issue_type = models.CharField(max_length=30, choices=choices(IssueType))
    severity = models.CharField(max_length=20, choices=choices(Severity))
    found_by = models.ForeignKey(User, on_delete=models.PROTECT)
    found_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.get_issue_type_display()} ({self.severity})"


class QualityCheck(models.Model):
    """A check of the quality control, and the work that it wants done again."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="checks")
    check_type = models.CharField(max_length=20, choices=choices(CheckType))
    result = models.CharField(max_length=20, choices=choices(CheckResult))
    work_type = models.CharField(max_length=20, choices=choices(WorkType), blank=True)
    reason = models.CharField(max_length=20, choices=choices(ReworkReason), blank=True)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT)
    checked_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return f"{self.check_type}: {self.result}"

    def require(self, rework: Rework) -> None:
        """Have work done again."""
        self.work_type, self.reason = rework.work_type.value, rework.reason.value
        self.save(update_fields=["work_type", "reason"])
        say(
            ReworkRequired(
                work_type=rework.work_type,
                reason=rework.reason,
                required_by=str(self.checked_by_id),
                sample_id=self.sample_id,
            )
        )
