"""The pages of a protocol and of a report, shown by a look and by a form filled in wrongly."""

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases import offers, pdf
from cases.labels import label
from cases.models import Protocol, Report
from labotel.catalogs.lab.reports import ReportStatus
from labotel.catalogs.lab.words import UserType
from people.roles import user_type


def protocol_page(
    request: HttpRequest, protocol: Protocol, wrong: Form | None = None
) -> HttpResponse:
    """Show a protocol with all that belongs to it; 400 where a form came back wrong."""
    report = Report.objects.filter(protocol=protocol).first()
    samples = [
        (sample, offers.for_sample(request.user, sample, protocol))
        for sample in protocol.samples.prefetch_related("issues", "checks")
    ]
    shown = offers.for_protocol(request.user, protocol, report)
    if wrong is not None:
        offers.put_wrong(wrong, request.path, shown, *(own for _, own in samples))
    context = {
        "protocol": protocol,
        "label": label(protocol.pk),
        "report": report if _may_see(request, report) else None,
        "order": getattr(protocol, "order", None),
        "samples": samples,
        "attachments": protocol.attachments.select_related("uploaded_by").order_by("pk"),
        "offers": shown,
    }
    return render(request, "cases/protocol.html", context, status=400 if wrong else 200)


def report_page(request: HttpRequest, report: Report, wrong: Form | None = None) -> HttpResponse:
    """Show a report; 400 where a form came back wrong."""
    shown = offers.for_report(request.user, report)
    if wrong is not None:
        offers.put_wrong(wrong, request.path, shown)
    context = {
        "report": report,
        "protocol": report.protocol,
        "rendered": pdf.file_of(report).exists(),
        "offers": shown,
    }
    return render(request, "cases/report.html", context, status=400 if wrong else 200)


def _may_see(request: HttpRequest, report: Report | None) -> bool:
    if report is None:
        return False
    return user_type(request.user) != UserType.VETERINARIAN or report.status == ReportStatus.SENT
