"""Steps of a sample at the bench; each leads back to the page of its protocol."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from cases import access, services
from cases.forms.samples import Check, Issue, StageDone
from cases.views.pages import protocol_page
from labotel.catalogs.lab.words import UserType
from people.roles import only

log = logging.getLogger(__name__)


@require_POST
@only(UserType.STAFF)
def process(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a sample went through a stage."""
    sample = access.sample_for(request.user, pk)
    form = StageDone(request.POST)
    if not form.is_valid():
        return protocol_page(request, sample.protocol, wrong=form)
    sample.process(form.cleaned_data["stage"], by=request.user)
    log.info("Sample %s: %s done", pk, form.cleaned_data["stage"])
    return redirect("protocols:show", sample.protocol_id)


@require_POST
@only(UserType.STAFF)
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that something is wrong with a sample."""
    sample = access.sample_for(request.user, pk)
    form = Issue(request.POST)
    if not form.is_valid():
        return protocol_page(request, sample.protocol, wrong=form)
    services.find_issue(sample, **form.cleaned_data, by=request.user)
    log.warning("Sample %s: %s", pk, form.cleaned_data["issue_type"])
    return redirect("protocols:show", sample.protocol_id)


@require_POST
@only(UserType.STAFF)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Note how a check of the quality control ended."""
    sample = access.sample_for(request.user, pk)
    form = Check(request.POST)
    if not form.is_valid():
        return protocol_page(request, sample.protocol, wrong=form)
    check_type, result = form.cleaned_data["check_type"], form.cleaned_data["result"]
    sample.check_quality(check_type, result, by=request.user, rework=form.rework())
    log.info("Sample %s: check of the %s %s", pk, check_type, result)
    return redirect("protocols:show", sample.protocol_id)
