"""What a histopathologist finds: written, rewritten, signed, sent, and judged by its readers."""

from django.contrib.auth.models import User
from django.db import models, transaction

from cases.models.protocol import Protocol
from cases.step import step
from lab import clock
from lab.choices import choices
from lab.refused import Refused
from lab.say import say
from labotel.catalogs.lab.protocols import ProtocolStatus
from labotel.catalogs.lab.reports import (
    CassetteCount,
    Complexity,
    DeliveryMethod,
    ReportCreated,
    ReportFinalized,
    ReportRated,
    ReportReviewed,
    ReportSent,
    ReportStatus,
    ReportType,
)
from labotel.catalogs.lab.security import ComplianceViolated, ViolationType
from labotel.catalogs.lab.words import Severity


class AlreadyFinalized(Refused):
    """A report was finalized a second time."""


class Report(models.Model):
    """The report on a protocol; once it is signed, its findings no longer change."""

    protocol = models.OneToOneField(Protocol, on_delete=models.PROTECT)
    histopathologist = models.ForeignKey(User, on_delete=models.PROTECT, related_name="reports")
    findings = models.TextField()
    complexity = models.CharField(max_length=20, choices=choices(Complexity))
    cassettes = models.PositiveSmallIntegerField()
    status = models.CharField(
        max_length=20, choices=choices(ReportStatus), default=ReportStatus.DRAFT.value
    )
    revisions = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    finalized_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(null=True, editable=False)
    delivery_method = models.CharField(max_length=20, choices=choices(DeliveryMethod), blank=True)
    accuracy = models.FloatField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"report {self.pk}"

    @classmethod
    def begin(
        cls, protocol: Protocol, by: User, findings: str, complexity: Complexity, cassettes: int
    ) -> "Report":
        """Begin the report on a protocol whose samples are being processed."""
        with transaction.atomic():
            protocol.refresh_from_db(from_queryset=Protocol.objects.select_for_update())
            protocol.expect(ProtocolStatus.PROCESSING)
            if cls.objects.filter(protocol=protocol).exists():
                raise Refused(f"Protocol {protocol.pk} has a report already.")
            report = cls.objects.create(
                protocol=protocol,
                histopathologist=by,
                findings=findings,
                complexity=complexity.value,
                cassettes=cassettes,
            )
            say(
                ReportCreated(
                    report_type=report.report_type,
                    histopathologist=report.author,
                    report_id=report.pk,
                    protocol_id=protocol.pk,
                )
            )
        return report

    def revise(self, findings: str) -> None:
        """Write the findings anew; to try that on a signed report is a violation, and refused."""
        if self._rewrite(findings):
            return
        # Said out here: the step's transaction is over, and nothing takes this back.
        say(
            ComplianceViolated(
                violation_type=ViolationType.UNSIGNED_CHANGE,
                severity=Severity.MEDIUM,
                user=self.author,
                data_id=self.pk,
            )
        )
        raise Refused(f"Report {self.pk} is signed; it no longer changes.")

    @step
    def finalize(self) -> None:
        """Sign the report; a second time raises, and nothing is recorded."""
        if self.status != ReportStatus.DRAFT:
            raise AlreadyFinalized(f"Report {self.pk} is already finalized.")
        self.status = ReportStatus.FINALIZED.value
        self.finalized_at = clock.now()
        self.save(update_fields=["status", "finalized_at"])
        say(
            ReportFinalized(
                complexity=Complexity(self.complexity),
                report_type=self.report_type,
                histopathologist=self.author,
                report_id=self.pk,
                cassette_count=self.cassettes,
                cassette_count_bucket=CassetteCount.of(self.cassettes),
                duration=self.finalized_at - self.created_at,
                revisions=self.revisions,
            )
        )

    @step
    def sent(self, by: DeliveryMethod) -> None:
        """Note that the veterinarian has the report, which completes the protocol."""
        if self.status != ReportStatus.FINALIZED:
            raise Refused(f"Report {self.pk} is {self.status}, so it cannot be sent.")
        self.status = ReportStatus.SENT.value
        self.sent_at = clock.now()
        self.delivery_method = by.value
        self.save(update_fields=["status", "sent_at", "delivery_method"])
        say(ReportSent(delivery_method=by, histopathologist=self.author, report_id=self.pk))
        self.protocol.complete()

    @step
    def review(self, accuracy: float) -> None:
        """Note how far a second histopathologist, who read blind, agrees: 0 to 1."""
        if self.status == ReportStatus.DRAFT:
            raise Refused(f"Report {self.pk} is not signed yet.")
        if self.accuracy is not None:
            raise Refused(f"Report {self.pk} was reviewed already.")
        self.accuracy = accuracy
        self.save(update_fields=["accuracy"])
        say(ReportReviewed(histopathologist=self.author, report_id=self.pk, accuracy=accuracy))

    @step
    def rate(self, rating: int) -> None:
        """Note what the veterinarian thinks of the report: 1 to 5, once."""
        if self.status != ReportStatus.SENT:
            raise Refused(f"Report {self.pk} is not sent yet.")
        if self.rating is not None:
            raise Refused(f"Report {self.pk} was rated already.")
        self.rating = rating
        self.save(update_fields=["rating"])
        say(ReportRated(histopathologist=self.author, report_id=self.pk, rating=rating))

    @property
    def report_type(self) -> ReportType:
        """Return the kind of the report: that of the analysis."""
        return ReportType(self.protocol.analysis_type)

    @property
    def about(self) -> str:
        """Return what the report's mail is about."""
        return f"report:{self.pk}"

    @property
    def author(self) -> str:
        """Return the histopathologist as events name them."""
        return str(self.histopathologist_id)

    @step
    def _rewrite(self, findings: str) -> bool:
        """Replace the findings of a draft; tell whether it was one."""
        if self.status != ReportStatus.DRAFT:
            return False
        self.findings = findings
        self.revisions += 1
        self.save(update_fields=["findings", "revisions"])
        return True
