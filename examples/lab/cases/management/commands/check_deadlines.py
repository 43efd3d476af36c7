"""`check_deadlines`: which protocols have been in processing for too long."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from cases.models import Protocol
from lab import clock
from lab.say import say
from labotel.catalogs.lab.protocols import ProtocolStatus
from labotel.catalogs.lab.security import ComplianceViolated, ViolationType
from labotel.catalogs.lab.words import Severity


class Command(BaseCommand):
    """Says once of each late protocol that its report is late."""

    help = "Note the protocols whose report is late."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number of days that a report may take."""
        parser.add_argument("--days", type=float, default=7.0)

    def handle(self, *args: Any, **options: Any) -> None:
        """Note each protocol that is late and was not noted before."""
        begun_before = clock.now() - timedelta(days=options["days"])
        with transaction.atomic():
            protocols = Protocol.objects.select_for_update(of=("self",)).select_related("report")
            # Asked once, while the lock is held: afterwards none of them is newly late.
            late = list(
                protocols.filter(
                    status=ProtocolStatus.PROCESSING.value,
                    status_since__lt=begun_before,
                    noted_late=False,
                )
            )
            for protocol in late:
                _note(protocol)
        self.stdout.write(f"{len(late)} protocols are newly late")


def _note(protocol: Protocol) -> None:
    protocol.noted_late = True
    protocol.save(update_fields=["noted_late"])
    report = getattr(protocol, "report", None)
    say(
        ComplianceViolated(
            violation_type=ViolationType.LATE_REPORT,
            severity=Severity.MEDIUM,
            user=report.author if report is not None else None,
            data_id=protocol.pk,
        )
    )
