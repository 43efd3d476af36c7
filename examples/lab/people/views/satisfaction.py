"""The page on which a person rates the system."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from lab.say import say
from labotel.catalogs.lab.users import ActionType, SatisfactionRated
from people.actions import does
from people.forms import SatisfactionForm
from people.models import Satisfaction
from people.roles import anyone, user_type


@require_http_methods(["GET", "HEAD", "POST"])
@anyone
@does(ActionType.CREATE)
def satisfaction(request: HttpRequest) -> HttpResponse:
    """Ask how content a person is, and take the answer."""
    if request.method != "POST":
        return render(request, "people/satisfaction.html", {"form": SatisfactionForm()})
    form = SatisfactionForm(request.POST, instance=Satisfaction(user=request.user))
    if not form.is_valid():
        return render(request, "people/satisfaction.html", {"form": form}, status=400)
    with transaction.atomic():
        rating = form.save()
        kind = user_type(request.user)
        say(SatisfactionRated(user_type=kind, user=str(request.user.pk), score=rating.score))
    messages.success(request, "Thank you.")
    return redirect("home")
