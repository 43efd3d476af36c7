"""Steps of a protocol."""

import logging

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases import access, services
from cases.forms.protocols import NewProtocol, Receipt, Submission
from cases.forms.reports import NewReport
from cases.models import Protocol, Report
from cases.views.pages import protocol_page
from labotel.catalogs.lab.protocols import ProtocolStatus
from labotel.catalogs.lab.security import AuditAction, DataType
from labotel.catalogs.lab.users import ActionType
from labotel.catalogs.lab.words import UserType
from people import audit
from people.actions import does
from people.roles import anyone, only, user_type

log = logging.getLogger(__name__)

ON_A_PAGE = 50


@require_safe
@anyone
def listing(request: HttpRequest) -> HttpResponse:
    """List the protocols, the latest first; a veterinarian sees the own ones."""
    protocols = Protocol.objects.select_related("veterinarian").order_by("-pk")
    if user_type(request.user) == UserType.VETERINARIAN:
        protocols = protocols.filter(veterinarian=request.user)
    status = request.GET.get("status", "")
    if status in set(ProtocolStatus):
        protocols = protocols.filter(status=status)
    page = Paginator(protocols, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "statuses": list(ProtocolStatus), "status": status}
    return render(request, "cases/protocols.html", context)


@does(ActionType.CREATE)
@require_http_methods(["GET", "HEAD", "POST"])
@only(UserType.VETERINARIAN)
def new(request: HttpRequest) -> HttpResponse:
    """Open a protocol."""
    form = NewProtocol(request.POST or None)
    if not form.is_valid():
        status = 400 if form.is_bound else 200
        return render(request, "cases/new.html", {"form": form}, status=status)
    protocol = services.open_protocol(request.user, **form.cleaned_data)
    audit.accessed(request.user, DataType.PROTOCOL, AuditAction.CREATE, protocol.pk)
    log.info("Protocol %s created", protocol.pk)
    return redirect("protocols:show", protocol.pk)


@require_safe
@anyone
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a protocol."""
    protocol = access.protocol_for(request.user, pk)
    audit.accessed(request.user, DataType.PROTOCOL, AuditAction.VIEW, pk)
    return protocol_page(request, protocol)


@does(ActionType.DELETE)
@require_POST
@only(UserType.VETERINARIAN)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    access.protocol_for(request.user, pk).throw_away()
    audit.accessed(request.user, DataType.PROTOCOL, AuditAction.DELETE, pk)
    log.info("Protocol %s deleted", pk)
    return redirect("protocols:list")


@require_POST
@only(UserType.VETERINARIAN)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a protocol's samples to the laboratory, and order the work."""
    protocol = access.protocol_for(request.user, pk)
    form = Submission(request.POST)
    if not form.is_valid():
        return protocol_page(request, protocol, wrong=form)
    services.submit(protocol, form.cleaned_data["order_type"])
    log.info("Protocol %s submitted", pk)
    return redirect("protocols:show", pk)


@require_POST
@only(UserType.STAFF)
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the samples in by their label; one that cannot be read is an error (500)."""
    protocol = access.protocol_for(request.user, pk)
    form = Receipt(request.POST)
    if not form.is_valid():
        return protocol_page(request, protocol, wrong=form)
    services.receive(protocol, **form.cleaned_data, by=request.user)
    log.info("Samples of protocol %s received", pk)
    return redirect("protocols:show", pk)


@require_POST
@only(UserType.STAFF)
def process(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the analysis."""
    access.protocol_for(request.user, pk).process()
    log.info("Analysis of protocol %s begun", pk)
    return redirect("protocols:show", pk)


@does(ActionType.CREATE)
@require_POST
@only(UserType.HISTOPATHOLOGIST)
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the report on a protocol."""
    protocol = access.protocol_for(request.user, pk)
    form = NewReport(request.POST)
    if not form.is_valid():
        return protocol_page(request, protocol, wrong=form)
    begun = Report.begin(protocol, by=request.user, **form.cleaned_data)
    log.info("Report %s on protocol %s begun", begun.pk, pk)
    return redirect("reports:show", begun.pk)
