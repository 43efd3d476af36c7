"""What follows a signed report without anyone waiting: it becomes a PDF, and is handed over."""

import logging

from celery import shared_task

import labotel
from cases import delivery, pdf
from cases.models import Report
from labotel.catalogs.lab.reports import ReportRendered, ReportSize, ReportStatus

log = logging.getLogger(__name__)

CHARACTERS_ON_A_PAGE = 3500


@shared_task
def render_report(report_id: int) -> None:
    """Make a report's PDF, and have it handed over."""
    report = Report.objects.select_related(
        "histopathologist", "protocol__veterinarian__profile"
    ).get(pk=report_id)
    if report.status == ReportStatus.SENT:
        log.info("Report %s is already sent", report_id)
        return
    # The size is known when the pages are laid out; a failure before that has the guess.
    guess = ReportSize.of(1 + len(report.findings) // CHARACTERS_ON_A_PAGE)
    with labotel.timed(ReportRendered, report_size=guess, report_id=report_id) as work:
        pages = pdf.write(report)
        work.set(report_size=ReportSize.of(pages), pages=pages)
    log.info("Report %s rendered: %s pages", report_id, pages)
    delivery.hand_over(report)
