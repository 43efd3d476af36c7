"""Steps of a report."""

import logging

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from cases import access, services
from cases import pdf as paper
from cases.forms.reports import Rating, Review, Revision
from cases.views.pages import report_page
from labotel.catalogs.lab.files import FileType
from labotel.catalogs.lab.security import AuditAction, DataType
from labotel.catalogs.lab.users import ActionType
from labotel.catalogs.lab.words import UserType
from people import audit
from people.actions import does
from people.roles import anyone, only

log = logging.getLogger(__name__)


@require_safe
@anyone
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a report."""
    report = access.report_for(request.user, pk)
    audit.accessed(request.user, DataType.REPORT, AuditAction.VIEW, pk)
    return report_page(request, report)


@require_POST
@only(UserType.HISTOPATHOLOGIST)
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the findings of a draft anew."""
    report = access.own_report(request.user, pk)
    form = Revision(request.POST)
    if not form.is_valid():
        return report_page(request, report, wrong=form)
    report.revise(form.cleaned_data["findings"])
    log.info("Report %s revised", pk)
    return redirect("reports:show", pk)


@require_POST
@only(UserType.HISTOPATHOLOGIST)
def finalize(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a report, which then is rendered and sent; a second time is refused (409)."""
    services.finalize(access.own_report(request.user, pk))
    log.info("Report %s finalized", pk)
    return redirect("reports:show", pk)


@require_POST
@only(UserType.HISTOPATHOLOGIST)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how far one agrees with a colleague's report."""
    report = access.report_for(request.user, pk)
    if report.histopathologist_id == request.user.pk:
        access.deny(request.user, "nobody reviews the own report")
    form = Review(request.POST)
    if not form.is_valid():
        return report_page(request, report, wrong=form)
    report.review(form.cleaned_data["accuracy"])
    log.info("Report %s reviewed", pk)
    return redirect("reports:show", pk)


@require_POST
@only(UserType.VETERINARIAN)
def rate(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what one thinks of a report."""
    report = access.report_for(request.user, pk)
    form = Rating(request.POST)
    if not form.is_valid():
        return report_page(request, report, wrong=form)
    report.rate(form.cleaned_data["rating"])
    log.info("Report %s rated", pk)
    return redirect("reports:show", pk)


@does(ActionType.DOWNLOAD)
@require_safe
@anyone
def pdf(request: HttpRequest, pk: int) -> FileResponse:
    """Download a report's PDF."""
    report = access.report_for(request.user, pk)
    file = paper.file_of(report)
    if not file.exists():
        raise Http404("the report is not rendered yet")
    audit.taken_away(request, FileType.PDF, DataType.REPORT, pk)
    return FileResponse(file.open("rb"), as_attachment=True, filename=file.name)
