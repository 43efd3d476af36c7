"""How a report reaches its veterinarian: by e-mail, or in the portal; by either it is then sent."""

import logging
from typing import Any

from django.db import transaction
from django.dispatch import receiver

from cases import pdf
from cases.models import Report
from labotel.catalogs.lab.mail import EmailType, NotificationType
from labotel.catalogs.lab.reports import DeliveryMethod, ReportStatus
from post import mail, notices
from post.models import Message
from post.signals import bounced, delivered

log = logging.getLogger(__name__)

_ABOUT = "report"


def hand_over(report: Report) -> None:
    """Send a rendered report the way its veterinarian wants it."""
    if report.protocol.veterinarian.profile.delivery == DeliveryMethod.PORTAL:
        _by_portal(report)
    else:
        _by_email(report)


@transaction.atomic
def _by_email(report: Report) -> None:
    # Of two tasks for one report at once the second waits here, and finds the first one's mail.
    Report.objects.select_for_update().get(pk=report.pk)
    if mail.is_written(report.about):
        log.info("The mail with report %s is already written", report.pk)
        return
    protocol = report.protocol
    mail.send(
        EmailType.REPORT,
        protocol.veterinarian,
        f"Report on protocol {protocol.pk}",
        f"Please find the report on {protocol.animal} attached.",
        attachments=[pdf.file_of(report)],
        wanted_at=report.finalized_at,
        about=report.about,
    )


@transaction.atomic
def _by_portal(report: Report) -> None:
    report.sent(DeliveryMethod.PORTAL)
    protocol = report.protocol
    text = f"The report on {protocol.animal} (protocol {protocol.pk}) is ready."
    notices.notify(NotificationType.REPORT_READY, protocol.veterinarian, text)


@receiver(delivered, sender=Message)
def report_arrived(message: Message, **_: Any) -> None:
    """Note that a report is sent when its e-mail was taken, and not before."""
    report = _report_of(message)
    if report is not None:
        report.sent(DeliveryMethod.EMAIL)
        log.info("Report %s sent by e-mail", report.pk)


@receiver(bounced, sender=Message)
def report_bounced(message: Message, **_: Any) -> None:
    """Put a report whose e-mail was refused for good into the portal instead."""
    report = _report_of(message)
    if report is not None:
        _by_portal(report)
        log.warning("Report %s bounced; it is in the portal", report.pk)


def _report_of(message: Message) -> Report | None:
    """Return the report that a message brings, unless it is sent already."""
    kind, _, pk = (message.about or "").partition(":")
    if kind != _ABOUT:
        return None
    reports = Report.objects.exclude(status=ReportStatus.SENT.value)
    return reports.filter(pk=int(pk)).first()
