"""The page of a person's notices, and the answers to them."""

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from labotel.catalogs.lab.words import UserType
from people.roles import anyone, user_type
from post.forms import AnswerForm
from post.models import Complaint, Notice

log = logging.getLogger(__name__)
SHOWN = 100


@require_safe
@anyone
def listing(request: HttpRequest) -> HttpResponse:
    """Show a person's notices and complaints."""
    return _page(request)


@require_POST
@anyone
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person's answer to a notice of theirs."""
    notice = get_object_or_404(Notice, pk=pk, recipient=request.user)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, wrong=(notice, form), status=400)
    notice.take_answer(form.cleaned_data["text"])
    log.info("Notice %s answered", pk)
    return redirect("messages:list")


def _page(
    request: HttpRequest, wrong: tuple[Notice, AnswerForm] | None = None, status: int = 200
) -> HttpResponse:
    """Show the page; `wrong` is an answer that cannot be taken, with its errors."""
    notices = Notice.objects.filter(recipient=request.user).order_by("-pk")[:SHOWN]
    complaints = Complaint.objects.select_related("client").order_by("-pk")
    if user_type(request.user) is not UserType.ADMIN:
        complaints = complaints.filter(client=request.user)
    rows = [
        (notice, wrong[1] if wrong is not None and wrong[0] == notice else AnswerForm())
        for notice in notices
    ]
    context = {"notices": rows, "complaints": complaints[:SHOWN]}
    return render(request, "post/list.html", context, status=status)
