"""What follows a finalized report without anyone waiting: it is rendered, then sent."""

import logging
from pathlib import Path

from celery import Task, shared_task
from django.conf import settings
from django.core.mail import EmailMessage

import labotel
from lab import telemetry
from laboratory import pdf
from laboratory.mailserver import MailServerBusy
from laboratory.models import Report
from laboratory.words import EmailStatus, EmailType, RecipientType, ReportSize, ReportStatus

log = logging.getLogger(__name__)


def file_of(report: Report) -> Path:
    """Return where a report's PDF is kept."""
    return Path(settings.REPORTS) / f"report-{report.pk}.pdf"


@shared_task
def render_report(report_id: int) -> None:
    """Make a report's PDF, and have it sent."""
    report = Report.objects.select_related("protocol").get(pk=report_id)
    pages = pdf.paginate(_text(report))
    size = ReportSize.of(len(pages))
    with labotel.timed(telemetry.ReportRendered, report_size=size, report_id=report_id) as work:
        written = pdf.write(file_of(report), pages)
        work.set(pages=len(pages))
    log.info("Report %s rendered: %s pages, %s bytes", report_id, len(pages), written)
    send_report.delay(report_id)


@shared_task(bind=True, max_retries=3)
def send_report(self: "Task[..., None]", report_id: int) -> None:
    """Mail a report to its veterinarian and complete the protocol; a busy server gets a retry."""
    report = Report.objects.select_related("protocol__veterinarian").get(pk=report_id)
    if report.status == ReportStatus.SENT:
        log.info("Report %s is already sent", report_id)
        return
    recipient = report.protocol.veterinarian.email
    try:
        _mail(report, recipient)
    except MailServerBusy as busy:
        _say_mailed(report, recipient, EmailStatus.FAILURE)
        log.warning("Report %s not sent yet: %s", report_id, busy)
        raise self.retry(exc=busy, countdown=1) from busy
    _say_mailed(report, recipient, EmailStatus.SUCCESS)
    # A careless line, as applications have them: labotel scrubs the address before it leaves.
    log.info("Report %s sent to %s", report_id, recipient)
    report.sent()


def _text(report: Report) -> str:
    protocol = report.protocol
    head = f"Report {report.pk} on protocol {protocol.pk}: {protocol.analysis_type}"
    return f"{head}\nSpecies: {protocol.species}\n\n{report.findings}\n"


def _mail(report: Report, recipient: str) -> None:
    message = EmailMessage(
        subject=f"Report on protocol {report.protocol.pk}",
        body="Please find the report attached.",
        to=[recipient],
    )
    message.attach_file(str(file_of(report)), "application/pdf")
    message.send()


def _say_mailed(report: Report, recipient: str, status: EmailStatus) -> None:
    labotel.emit(
        telemetry.EmailSent(
            email_type=EmailType.REPORT,
            status=status,
            recipient_type=RecipientType.VETERINARIAN,
            recipient=recipient,
            report_id=report.pk,
        )
    )
