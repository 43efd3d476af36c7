"""How a report reaches its veterinarian: by e-mail, or in the portal, and then it is sent."""

from pathlib import Path

import pytest
from casework import FINDINGS, Person, begun, said, signed
from pypdf import PdfReader

from cases import pdf, services
from cases.labels import label
from cases.tasks import render_report
from labotel import Outcome
from labotel.catalogs.lab.files import FileDownloaded
from labotel.catalogs.lab.mail import EmailDelivered, EmailSent, NotificationSent
from labotel.catalogs.lab.protocols import ProtocolCompleted, ProtocolStatusChanged
from labotel.catalogs.lab.reports import ReportRendered, ReportSent
from labotel.catalogs.lab.security import DataAccessed
from labotel.catalogs.lab.users import UserActed

pytestmark = pytest.mark.usefixtures("laboratory")


def test_it_is_sent_when_the_mail_was_taken(telemetry):
    """By e-mail: sent and completed once, and no notice in the portal."""
    report = signed("vet-1")
    telemetry.one(EmailSent, email_type="report", status="success")
    telemetry.one(EmailDelivered, email_type="report")
    telemetry.one(ReportSent, delivery_method="email", report_id=report.pk)
    telemetry.one(ProtocolCompleted, protocol_id=report.protocol_id)
    telemetry.none(NotificationSent, notification_type="report_ready")
    assert report.status == "sent"


def test_the_portal_has_it_at_once(telemetry):
    """Who wants no mail finds it in the portal: a notice, and no e-mail of the report."""
    report = signed("vet-4")
    telemetry.one(ReportSent, delivery_method="portal", report_id=report.pk)
    telemetry.one(NotificationSent, notification_type="report_ready", channel="portal")
    telemetry.one(ProtocolCompleted, protocol_id=report.protocol_id)
    telemetry.none(EmailSent, email_type="report")


def test_a_bounced_mail_falls_back_to_the_portal(telemetry):
    """Where the mail is refused for good, the report is delivered by the portal instead, once."""
    report = signed("vet-6")
    telemetry.one(EmailSent, email_type="report", status="bounced")
    telemetry.one(ReportSent, delivery_method="portal", report_id=report.pk)
    telemetry.one(NotificationSent, notification_type="report_ready", channel="portal")
    telemetry.one(ProtocolStatusChanged, to_status="completed")
    assert (report.status, report.delivery_method) == ("sent", "portal")


def test_the_one_who_signed_completes_the_protocol(telemetry):
    """The task that delivers acts for who signed: the status was changed by that person."""
    report = begun()
    histo = Person("histo-1")
    telemetry.clear()
    histo.post(f"/reports/{report.pk}/finalize/")
    telemetry.one(ProtocolStatusChanged, to_status="completed", changed_by=histo.key)


def test_a_task_that_comes_again_sends_nothing(telemetry):
    """A message of the broker may come twice: what is sent is neither rendered nor sent again."""
    report = signed()
    telemetry.clear()
    render_report(report.pk)
    assert said(telemetry) == []


def test_the_pdf_says_what_the_report_says():
    """A PDF reader finds the case, its samples and the findings in it."""
    report = signed()
    reader = PdfReader(pdf.file_of(report))
    text = reader.pages[0].extract_text()
    assert len(reader.pages) == 1
    said = ("Rex", "canine", label(report.protocol_id), "biopsy", "histo-1", "Page 1 of 1")
    for expected in (*said, *FINDINGS.splitlines()):
        assert expected in text


def test_a_long_report_has_numbered_pages(telemetry):
    """Each page has its number; the size of the report is in classes of pages."""
    report = begun()
    report.revise("\n".join(["The margins are free of neoplastic cells."] * 120))
    services.finalize(report)
    pages = PdfReader(pdf.file_of(report)).pages
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1].extract_text()
    telemetry.one(ReportRendered, report_size="large", pages=len(pages))
    assert len(pages) > 3


def test_what_people_write_is_no_markup():
    """Findings may have angle brackets and ampersands."""
    report = begun()
    written = "Mitoses < 3 & <b>no</b> necrosis"
    report.revise(written)
    services.finalize(report)
    assert written in PdfReader(pdf.file_of(report)).pages[0].extract_text()


def test_a_failed_rendering_is_recorded(telemetry, monkeypatch):
    """A rendering that fails is recorded with its duration; nothing is sent, no half file stays."""
    report = begun()
    report.finalize()
    folder = pdf.file_of(report).parent

    def broken(*args: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="the disk is full"):
        render_report(report.pk)
    failed = telemetry.one(ReportRendered, outcome=Outcome.FAILURE, report_size="small")
    assert failed.pages is None
    assert telemetry.metric("report_pdf_generation_duration_seconds") == 1
    telemetry.none(ReportSent)
    assert list(folder.iterdir()) == []


def test_the_pdf_can_be_downloaded(telemetry):
    """A download is counted, is in the audit log as an export, and is an action `download`."""
    report = signed("vet-1")
    vet = Person("vet-1")
    telemetry.clear()
    answer = vet.get(f"/reports/{report.pk}/pdf/")
    assert b"".join(answer.streaming_content).startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    telemetry.one(FileDownloaded, file_type="pdf", user=vet.key)
    telemetry.one(DataAccessed, data_type="report", action="export", data_id=report.pk)
    telemetry.one(UserActed, action_type="download", module="reports")


def test_what_is_not_rendered_cannot_be_downloaded(telemetry):
    """There is no PDF of a draft: 404, and no download."""
    Person("histo-1").get(f"/reports/{begun().pk}/pdf/", expect=404)
    telemetry.none(FileDownloaded)
