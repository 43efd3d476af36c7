"""The pages: payers, a payer's claims, claims taken in, alerts."""

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.db import transaction
from django.db.models import Avg, Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

import labotel
from billing.telemetry import ClaimsIngested
from claims import files
from claims.models import Alert, Claim, Payer, Subscriber
from claims.tasks import detect_drift

OVERVIEW = "payers"


@login_required
def payers(request: HttpRequest) -> HttpResponse:
    """Show each payer with what it denies; worked out once a minute."""
    found = cache.get(OVERVIEW)
    if found is None:
        denied = Count("claims", filter=Q(claims__denied=True))
        found = list(Payer.objects.annotate(all=Count("claims"), denied=denied).order_by("name"))
        cache.set(OVERVIEW, found, 60)
    return render(request, "claims/payers.html", {"payers": found})


@login_required
def payer(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a payer: its claims in numbers, and who is told of its drift."""
    shown = get_object_or_404(Payer, pk=pk)
    mean = shown.claims.aggregate(mean=Avg("amount"))["mean"]
    return render(request, "claims/payer.html", {"payer": shown, "mean": mean})


@login_required
@require_POST
def subscribe(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a webhook be told of a payer's drift, or let it be told no more."""
    url = request.POST["url"]
    if request.POST.get("remove"):
        Subscriber.objects.filter(payer_id=pk, url=url).delete()
    else:
        Subscriber.objects.create(payer=get_object_or_404(Payer, pk=pk), url=url)
    return redirect("payer", pk)


@login_required
@require_POST
def ingest(request: HttpRequest) -> HttpResponse:
    """Take in a file of claims, whole or not at all; what it changes is looked at afterwards."""
    text = request.FILES["file"].read().decode(errors="replace")
    try:
        lines = list(files.read(text))
    except files.WrongFile as error:
        labotel.emit(ClaimsIngested(outcome="refused", claims=0))
        return HttpResponse(str(error), status=422, content_type="text/plain")
    with transaction.atomic():
        names = dict.fromkeys(line.payer for line in lines)
        known = {name: Payer.objects.get_or_create(name=name)[0] for name in names}
        Claim.objects.bulk_create(
            Claim(payer=known[one.payer], patient=one.patient, amount=one.amount, denied=one.denied)
            for one in lines
        )
        for one in known.values():
            transaction.on_commit(lambda pk=one.pk: detect_drift.delay(pk))
    labotel.emit(ClaimsIngested(outcome="accepted", claims=len(lines)))
    cache.delete(OVERVIEW)
    return redirect("payers")


@login_required
def alerts(request: HttpRequest) -> HttpResponse:
    """Show who was told of what."""
    latest = Alert.objects.select_related("subscriber__payer").order_by("-made")[:50]
    return render(request, "claims/alerts.html", {"alerts": latest})
