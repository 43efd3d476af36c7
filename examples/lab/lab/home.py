"""The home page: how many protocols there are in each status, and the ways from there."""

from django.contrib.auth.models import User
from django.core.cache import cache
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases.models import Protocol
from labotel.catalogs.lab.protocols import ProtocolStatus
from labotel.catalogs.lab.words import UserType
from people.roles import user_type

KEPT = 2.0
"""Seconds that the counts are kept: many look at this page, and it may be a little late."""


def home(request: HttpRequest) -> HttpResponse:
    """Show the counts to a person of the laboratory; a stranger is shown where to sign in."""
    kind = user_type(request.user)
    counts = _counts(request.user, kind) if kind is not None else {}
    return render(request, "home.html", {"counts": counts})


def _counts(user: User, kind: UserType) -> dict[str, int]:
    own = kind is UserType.VETERINARIAN
    key = f"protocols-of-{user.pk}" if own else "protocols"
    found: dict[str, int] = cache.get_or_set(key, lambda: _count(user if own else None), KEPT)
    return found


def _count(veterinarian: User | None) -> dict[str, int]:
    protocols = Protocol.objects.all()
    if veterinarian is not None:
        protocols = protocols.filter(veterinarian=veterinarian)
    counted = dict(protocols.order_by().values_list("status").annotate(Count("pk")))
    return {status.value: counted.get(status.value, 0) for status in ProtocolStatus}
