"""Complaints: a veterinarian makes them, an administrator reads them."""

import logging

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from lab.say import say
from labotel.catalogs.lab.clients import ClientComplained, ComplaintType
from labotel.catalogs.lab.users import ActionType
from labotel.catalogs.lab.words import Severity, UserType
from people.actions import does
from people.roles import only, user_type
from post.forms import ComplaintForm
from post.models import Complaint

log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@only(UserType.VETERINARIAN)
@does(ActionType.CREATE)
def new(request: HttpRequest) -> HttpResponse:
    """Ask what is wrong, and take the complaint."""
    if request.method != "POST":
        return render(request, "post/complain.html", {"form": ComplaintForm()})
    form = ComplaintForm(request.POST, instance=Complaint(client=request.user))
    if not form.is_valid():
        return render(request, "post/complain.html", {"form": form}, status=400)
    with transaction.atomic():
        complaint = form.save()
        say(
            ClientComplained(
                complaint_type=ComplaintType(complaint.complaint_type),
                severity=Severity(complaint.severity),
                client=str(request.user.pk),
                complaint_id=complaint.pk,
            )
        )
    log.warning("Complaint %s made", complaint.pk)
    return redirect("messages:complaint", complaint.pk)


@require_safe
@only(UserType.VETERINARIAN, UserType.ADMIN)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a complaint to whoever made it and to the administrators."""
    complaints = Complaint.objects.select_related("client")
    if user_type(request.user) is UserType.VETERINARIAN:
        complaints = complaints.filter(client=request.user)
    complaint = get_object_or_404(complaints, pk=pk)
    return render(request, "post/complaint.html", {"complaint": complaint})
