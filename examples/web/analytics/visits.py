"""Visitors are known by a cookie: their days, sessions and pages are counted."""

import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

import labotel
from analytics.models import Visit
from web.telemetry import PageViewed, SessionBegun, Source, VisitorCame

VISITOR, SESSION = "visitor", "visit"
YEAR, HALF_AN_HOUR = 365 * 24 * 3600, 1800
_SEARCH = ("google.com", "bing.com", "duckduckgo.com")
_SOCIAL = ("mastodon.social", "facebook.com", "linkedin.com")


class VisitMiddleware:
    """Counts each page that a visitor is shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and count where a page was shown."""
        response = self._get_response(request)
        shown = response.status_code == 200 and response["Content-Type"].startswith("text/html")
        if shown and not request.path.startswith(("/admin/", "/metrics/")):
            self._count(request, response)
        return response

    def _count(self, request: HttpRequest, response: HttpResponse) -> None:
        visitor = request.COOKIES.get(VISITOR) or secrets.token_hex(16)
        session = request.COOKIES.get(SESSION)
        if session is None:
            session = secrets.token_hex(16)
            labotel.emit(SessionBegun(session=session))
        try:
            _, first = Visit.objects.get_or_create(visitor=visitor[:32], day=timezone.now().date())
        except DatabaseError:  # a page that is shown all the same
            first = False
        if first:
            labotel.emit(VisitorCame(source=source(request.headers.get("Referer", "")),
                                     visitor=visitor))  # fmt: skip
        labotel.emit(PageViewed(visitor=visitor, page=request.path))
        kept = {"httponly": True, "samesite": "Lax"}
        response.set_cookie(VISITOR, visitor, max_age=YEAR, **kept)
        response.set_cookie(SESSION, session, max_age=HALF_AN_HOUR, **kept)


def source(referrer: str) -> Source:
    """Return where somebody came from."""
    try:
        host = urlsplit(referrer).hostname or ""
    except ValueError:  # anybody may send anything
        host = ""
    if not host:
        return "direct"
    if host.endswith(_SEARCH):
        return "search"
    return "social" if host.endswith(_SOCIAL) else "referral"
