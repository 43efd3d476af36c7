"""The pages, what visitors do on them, and scans."""

import json
from typing import Any

from django.contrib.admin.views.decorators import staff_member_required
from django.core.cache import cache
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from redis import RedisError

import labotel
from analytics import scanning
from analytics.models import Scan, Visit
from analytics.visits import VISITOR
from web.telemetry import EventSeen

ARTICLES = {"ports": "Which ports answer?", "visits": "Who comes, and from where?"}


def home(request: HttpRequest) -> HttpResponse:
    """Show the articles, and how many visits there were: counted once a minute."""
    try:
        visits = cache.get("visits")
        if visits is None:
            visits = Visit.objects.count()
            cache.set("visits", visits, 60)
    except RedisError:  # it is away: the page does without
        visits = Visit.objects.count()
    return render(request, "analytics/home.html", {"articles": ARTICLES, "visits": visits})


def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an article."""
    if slug not in ARTICLES:
        raise Http404
    return render(request, "analytics/article.html", {"title": ARTICLES[slug]})


@csrf_exempt  # a beacon: it carries no cookie of somebody who signed in
@require_POST
def event(request: HttpRequest) -> HttpResponse:
    """Take what a visitor did: `{"category": …, "action": …}`."""
    try:
        said: dict[str, Any] = json.loads(request.body)
        category, action = str(said["category"]), str(said["action"])
    except (ValueError, TypeError, KeyError):
        return JsonResponse({"error": "a category and an action are needed"}, status=400)
    visitor = request.COOKIES.get(VISITOR, "unknown")
    labotel.emit(EventSeen(category=category, action=action, visitor=visitor))
    return HttpResponse(status=204)


@staff_member_required
@require_POST
def scans(request: HttpRequest) -> HttpResponse:
    """Scan ports of this machine: the fields host, and ports with commas."""
    try:
        ports = [int(port) for port in request.POST.get("ports", "").split(",")]
        made = scanning.scan(request.POST.get("host", ""), ports)
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse({str(one.port): one.status for one in made})


@staff_member_required
def results(request: HttpRequest) -> HttpResponse:
    """Show what scans found so far, by port."""
    counted = Scan.objects.values("host", "port", "status").annotate(times=Count("pk"))
    return JsonResponse({"results": list(counted.order_by("host", "port", "status"))})
