"""What the laboratory keeps, and the steps that change it; each step says what happened.

A step is one conditional UPDATE, so that of two people who do the same thing at once one is
refused. Events are emitted on commit: what is rolled back has not happened.
"""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import models, transaction

import labotel
from lab import telemetry
from laboratory import clock
from laboratory.words import (
    AnalysisType,
    Complexity,
    ProtocolStatus,
    ReportStatus,
    ReportType,
    SampleCondition,
    Species,
    choices,
)
from labotel import Event


class Refused(Exception):
    """A step that the present state of things does not allow."""


class AlreadyFinalized(Refused):
    """A report was finalized a second time."""


def say(event: Event) -> None:
    """Emit an event once the change that it speaks of is committed."""
    transaction.on_commit(partial(labotel.emit, event))


class Veterinarian(models.Model):
    """A person who sends samples."""

    name = models.CharField(max_length=100)
    email = models.EmailField(unique=True)

    def __str__(self) -> str:
        return self.name


class Protocol(models.Model):
    """A sample's way through the laboratory; the times are on the laboratory's clock."""

    veterinarian = models.ForeignKey(Veterinarian, on_delete=models.PROTECT)
    species = models.CharField(max_length=20, choices=choices(Species))
    analysis_type = models.CharField(max_length=20, choices=choices(AnalysisType))
    status = models.CharField(
        max_length=20,
        choices=choices(ProtocolStatus),
        default=ProtocolStatus.DRAFT.value,
        db_index=True,
    )
    sample_condition = models.CharField(max_length=20, choices=choices(SampleCondition), blank=True)
    created_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Protocol {self.pk}"

    @classmethod
    def open(
        cls, veterinarian: Veterinarian, species: Species, analysis: AnalysisType
    ) -> "Protocol":
        """Open a protocol as a draft."""
        protocol = cls.objects.create(
            veterinarian=veterinarian, species=species, analysis_type=analysis
        )
        say(
            telemetry.ProtocolCreated(
                species=species,
                analysis_type=analysis,
                veterinarian=str(veterinarian.pk),
                protocol_id=protocol.pk,
            )
        )
        return protocol

    def submit(self) -> None:
        """Send the sample to the laboratory."""
        veterinarian = str(self.veterinarian_id)
        self._move(ProtocolStatus.SUBMITTED, by=veterinarian, submitted_at=clock.now())
        say(
            telemetry.ProtocolSubmitted(
                species=Species(self.species),
                analysis_type=AnalysisType(self.analysis_type),
                veterinarian=veterinarian,
                protocol_id=self.pk,
            )
        )

    def receive(self, condition: SampleCondition, by: str) -> None:
        """Take the sample in."""
        self._move(
            ProtocolStatus.RECEIVED, by=by, received_at=clock.now(), sample_condition=condition
        )
        say(
            telemetry.ProtocolReceived(
                sample_condition=condition, received_by=by, protocol_id=self.pk
            )
        )

    def process(self, by: str) -> None:
        """Begin the analysis."""
        self._move(ProtocolStatus.PROCESSING, by=by)

    def complete(self, by: str) -> None:
        """End the protocol: its report is with the veterinarian."""
        ended = clock.now()
        self._move(ProtocolStatus.COMPLETED, by=by, completed_at=ended)
        say(
            telemetry.ProtocolCompleted(
                species=Species(self.species),
                analysis_type=AnalysisType(self.analysis_type),
                veterinarian=str(self.veterinarian_id),
                protocol_id=self.pk,
                duration=ended - (self.submitted_at or self.created_at),
            )
        )

    def _move(self, to: ProtocolStatus, *, by: str, **changes: datetime | str) -> None:
        before = _BEFORE[to]
        rows = Protocol.objects.filter(pk=self.pk, status=before)
        if not rows.update(status=to, **changes):
            raise Refused(f"protocol {self.pk} is not {before}, so it cannot become {to}")
        for name, value in {"status": to, **changes}.items():
            setattr(self, name, value)
        say(
            telemetry.ProtocolStatusChanged(
                from_status=before, to_status=to, changed_by=by, protocol_id=self.pk
            )
        )


_BEFORE = {
    ProtocolStatus.SUBMITTED: ProtocolStatus.DRAFT,
    ProtocolStatus.RECEIVED: ProtocolStatus.SUBMITTED,
    ProtocolStatus.PROCESSING: ProtocolStatus.RECEIVED,
    ProtocolStatus.COMPLETED: ProtocolStatus.PROCESSING,
}


class Report(models.Model):
    """What a histopathologist finds in a protocol's sample."""

    protocol = models.OneToOneField(Protocol, on_delete=models.PROTECT)
    histopathologist = models.CharField(max_length=50)
    findings = models.TextField()
    complexity = models.CharField(max_length=20, choices=choices(Complexity))
    status = models.CharField(
        max_length=20, choices=choices(ReportStatus), default=ReportStatus.DRAFT.value
    )

    def __str__(self) -> str:
        return f"Report {self.pk}"

    @classmethod
    def open(cls, protocol: Protocol, by: str, **fields: Any) -> "Report":
        """Begin a protocol's report, and with it the protocol's processing."""
        with transaction.atomic():
            protocol.process(by)
            report = cls.objects.create(protocol=protocol, histopathologist=by, **fields)
            say(
                telemetry.ReportCreated(
                    report_type=ReportType(protocol.analysis_type),
                    histopathologist=by,
                    report_id=report.pk,
                )
            )
        return report

    def finalize(self) -> None:
        """Sign the report; a second time raises, and nothing is recorded."""
        rows = Report.objects.filter(pk=self.pk, status=ReportStatus.DRAFT)
        if not rows.update(status=ReportStatus.FINALIZED):
            raise AlreadyFinalized(f"report {self.pk} is already finalized")
        self.status = ReportStatus.FINALIZED
        say(
            telemetry.ReportFinalized(
                complexity=Complexity(self.complexity),
                histopathologist=self.histopathologist,
                report_id=self.pk,
            )
        )

    def sent(self) -> None:
        """Note that the veterinarian has the report, which completes the protocol."""
        with transaction.atomic():
            rows = Report.objects.filter(pk=self.pk, status=ReportStatus.FINALIZED)
            if not rows.update(status=ReportStatus.SENT):
                raise Refused(f"report {self.pk} is not finalized, so it cannot be sent")
            self.status = ReportStatus.SENT
            self.protocol.complete(by="system")
