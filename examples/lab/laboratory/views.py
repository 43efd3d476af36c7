"""What people do with the laboratory: each step is one request."""

import logging

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render

from laboratory import labels
from laboratory.forms import Answer, Form, Wrong, takes_json
from laboratory.models import Protocol, Refused, Report, Veterinarian
from laboratory.tasks import render_report
from laboratory.words import AnalysisType, Complexity, SampleCondition, Species

log = logging.getLogger(__name__)


def protocol_list(request: HttpRequest) -> HttpResponse:
    """Show the latest protocols, and how many there are in each status."""
    latest = Protocol.objects.select_related("veterinarian").order_by("-pk")[:50]
    counts = Protocol.objects.values("status").annotate(number=Count("pk")).order_by("status")
    return render(request, "laboratory/protocols.html", {"protocols": latest, "counts": counts})


def show_protocol(request: HttpRequest, pk: int) -> JsonResponse:
    """Tell how far a protocol has come."""
    protocol = get_object_or_404(Protocol, pk=pk)
    return JsonResponse({"id": protocol.pk, "status": protocol.status})


@takes_json
def create_veterinarian(form: Form) -> Answer:
    """Enter a veterinarian, or find the one who has this address."""
    veterinarian, created = Veterinarian.objects.get_or_create(
        email=form.text("email"), defaults={"name": form.text("name")}
    )
    if created:
        log.info("Veterinarian %s entered", veterinarian.pk)
    return {"id": veterinarian.pk}


@takes_json
def create_protocol(form: Form) -> Answer:
    """Open a protocol; the answer holds the label for the sample."""
    number = form.number("veterinarian")
    veterinarian = Veterinarian.objects.filter(pk=number).first()
    if veterinarian is None:
        raise Wrong(f"there is no veterinarian {number}")
    protocol = Protocol.open(
        veterinarian, form.word("species", Species), form.word("analysis_type", AnalysisType)
    )
    log.info("Protocol %s opened", protocol.pk)
    return {"id": protocol.pk, "label": labels.label(protocol.pk)}


@takes_json
def submit_protocol(form: Form, pk: int) -> Answer:
    """Send a protocol's sample to the laboratory."""
    protocol = get_object_or_404(Protocol, pk=pk)
    protocol.submit()
    log.info("Protocol %s submitted", pk)
    return {"status": protocol.status}


@takes_json
def receive_protocol(form: Form, pk: int) -> Answer:
    """Take a sample in by its label; a label that cannot be read is an error (500)."""
    protocol = get_object_or_404(Protocol, pk=pk)
    if labels.read(form.text("label")) != protocol.pk:
        raise Refused(f"the sample is not that of protocol {pk}")
    protocol.receive(form.word("sample_condition", SampleCondition), by=form.text("received_by"))
    log.info("Sample of protocol %s received", pk)
    return {"status": protocol.status}


@takes_json
def open_report(form: Form, pk: int) -> Answer:
    """Begin the report on a protocol."""
    report = Report.open(
        get_object_or_404(Protocol, pk=pk),
        by=form.text("histopathologist"),
        findings=form.text("findings"),
        complexity=form.word("complexity", Complexity),
    )
    log.info("Report %s on protocol %s begun", report.pk, pk)
    return {"id": report.pk}


@takes_json
def finalize_report(form: Form, pk: int) -> Answer:
    """Sign a report, which then is rendered and sent; a second time is refused (409)."""
    report = get_object_or_404(Report, pk=pk)
    report.finalize()
    render_report.delay(report.pk)
    log.info("Report %s finalized", pk)
    return {"status": report.status}
