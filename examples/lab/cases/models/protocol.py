"""A veterinarian's case; each of its steps says what happened, and each save its new status."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction

from cases.step import step
from lab import clock
from lab.choices import choices
from lab.refused import Refused
from lab.say import say
from labotel.catalogs.lab.protocols import (
    ProtocolCompleted,
    ProtocolCreated,
    ProtocolReceived,
    ProtocolStatus,
    ProtocolStatusChanged,
    ProtocolSubmitted,
    SampleCondition,
)
from labotel.catalogs.lab.words import AnalysisType, Species
from people import actor


class Protocol(models.Model):
    """A case: an animal's samples on their way through the laboratory, on its own clock."""

    veterinarian = models.ForeignKey(User, on_delete=models.PROTECT, related_name="protocols")
    animal = models.CharField(max_length=100)
    species = models.CharField(max_length=20, choices=choices(Species))
    analysis_type = models.CharField(max_length=20, choices=choices(AnalysisType))
    status = models.CharField(
        max_length=20,
        choices=choices(ProtocolStatus),
        default=ProtocolStatus.DRAFT.value,
        db_index=True,
    )
    status_since = models.DateTimeField(default=clock.now, editable=False)
    sample_condition = models.CharField(max_length=20, choices=choices(SampleCondition), blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    received_at = models.DateTimeField(null=True, editable=False)
    completed_at = models.DateTimeField(null=True, editable=False)
    noted_late = models.BooleanField(default=False, editable=False)

    def __str__(self) -> str:
        return f"protocol {self.pk}"

    def save(self, **options: Any) -> None:
        """Save, and say what became of the status, whoever saves: a step, a task or the admin.

        The status before is the database's and not the one that was loaded, which may be old. Only
        `QuerySet.update()` goes by this method; nothing here uses it for the status.
        """
        fields = options.get("update_fields")
        if fields is not None and "status" not in fields:
            super().save(**options)
            return
        with transaction.atomic():
            before = self._stored_status()
            if before is not None and before[0] != self.status:
                self.status_since = clock.now()
                if fields is not None:
                    options["update_fields"] = {*fields, "status_since"}
            super().save(**options)
            if before is None:
                self._say_created()
            elif before[0] != self.status:
                self._say_moved(*before)

    @step
    def throw_away(self) -> None:
        """Delete a draft with all that belongs to it."""
        self.expect(ProtocolStatus.DRAFT)
        if self.has_work:
            raise Refused(f"Protocol {self.pk} has a work order or a report; it stays.")
        files = [attachment.file for attachment in self.attachments.all()]

        def remove() -> None:
            for file in files:
                file.delete(save=False)

        # The files go when the rows are gone for good: no rollback brings a file back.
        transaction.on_commit(remove, robust=True)
        self.delete()

    @step
    def submit(self) -> None:
        """Send the samples to the laboratory."""
        now = clock.now()
        self._move(ProtocolStatus.DRAFT, ProtocolStatus.SUBMITTED, submitted_at=now)
        say(
            ProtocolSubmitted(
                species=Species(self.species),
                analysis_type=AnalysisType(self.analysis_type),
                veterinarian=str(self.veterinarian_id),
                protocol_id=self.pk,
            )
        )

    @step
    def receive(self, condition: SampleCondition, by: User) -> None:
        """Take the samples in."""
        self._move(
            ProtocolStatus.SUBMITTED,
            ProtocolStatus.RECEIVED,
            received_at=clock.now(),
            sample_condition=condition.value,
        )
        say(
            ProtocolReceived(
                sample_condition=condition, received_by=str(by.pk), protocol_id=self.pk
            )
        )

    @step
    def process(self) -> None:
        """Begin the analysis."""
        self._move(ProtocolStatus.RECEIVED, ProtocolStatus.PROCESSING)

    @step
    def complete(self) -> None:
        """End the case: its report is with the veterinarian.

        The report sees to it that this happens once; the status is not asked, because an
        administrator may have corrected it, and the report is sent all the same.
        """
        self.completed_at = clock.now()
        self.status = ProtocolStatus.COMPLETED.value
        self.save(update_fields=["status", "completed_at"])
        say(
            ProtocolCompleted(
                species=Species(self.species),
                analysis_type=AnalysisType(self.analysis_type),
                veterinarian=str(self.veterinarian_id),
                protocol_id=self.pk,
                duration=self.completed_at - (self.submitted_at or self.created_at),
            )
        )

    @property
    def has_work(self) -> bool:
        """Tell whether work was ordered or done: so it may be for a draft that was corrected."""
        return hasattr(self, "order") or hasattr(self, "report")

    def expect(self, *statuses: ProtocolStatus) -> None:
        """Raise Refused where the protocol has none of these statuses."""
        if self.status not in statuses:
            wanted = " or ".join(statuses)
            raise Refused(f"Protocol {self.pk} is {self.status}; it would have to be {wanted}.")

    def _move(
        self, before: ProtocolStatus, after: ProtocolStatus, **changes: datetime | str
    ) -> None:
        self.expect(before)
        for name, value in changes.items():
            setattr(self, name, value)
        self.status = after.value
        self.save(update_fields=["status", *changes])

    def _stored_status(self) -> tuple[str, datetime] | None:
        """Return the database's status and since when it is, or None for a new protocol."""
        if self.pk is None:
            return None
        rows = Protocol.objects.select_for_update().filter(pk=self.pk)
        return rows.values_list("status", "status_since").first()

    def _say_created(self) -> None:
        say(
            ProtocolCreated(
                species=Species(self.species),
                analysis_type=AnalysisType(self.analysis_type),
                veterinarian=str(self.veterinarian_id),
                protocol_id=self.pk,
            )
        )

    def _say_moved(self, before: str, since: datetime) -> None:
        say(
            ProtocolStatusChanged(
                from_status=ProtocolStatus(before),
                to_status=ProtocolStatus(self.status),
                changed_by=actor.current(),
                protocol_id=self.pk,
                age=self.status_since - since,
            )
        )
