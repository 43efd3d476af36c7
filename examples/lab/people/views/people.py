"""The administrators' page of people, on which they give out new passwords."""

import logging

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from labotel.catalogs.lab.security import AuditAction, DataType, ResetMethod
from labotel.catalogs.lab.words import UserType
from people import audit, passwords
from people.forms import NewPasswordForm
from people.roles import only, user_type

log = logging.getLogger(__name__)


@require_safe
@only(UserType.ADMIN)
def people(request: HttpRequest) -> HttpResponse:
    """Show who there is: looking at the list is audited as looking at every person."""
    audit.accessed(request.user, DataType.PERSON, AuditAction.VIEW)
    return _page(request, NewPasswordForm())


@require_POST
@only(UserType.ADMIN)
def reset_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a new password, which signs that person out: the own one too."""
    person = get_object_or_404(User, pk=pk)
    form = NewPasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    with transaction.atomic():
        person.set_password(form.cleaned_data["new_password"])
        person.save(update_fields=["password"])
        passwords.was_reset(person, ResetMethod.ADMIN)
        audit.accessed(request.user, DataType.PERSON, AuditAction.UPDATE, person.pk)
    log.warning("Password of person %s was reset", person.pk)
    return redirect("accounts:people")


def _page(request: HttpRequest, form: NewPasswordForm, status: int = 200) -> HttpResponse:
    rows = User.objects.select_related("profile").prefetch_related("groups").order_by("username")
    shown = [(person, user_type(person)) for person in rows]
    return render(request, "people/people.html", {"people": shown, "form": form}, status=status)
