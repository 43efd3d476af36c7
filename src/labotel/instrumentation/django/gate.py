"""The gate that each of labotel's pages stands behind in a Django project.

What is shown is answered to GET, HEAD and OPTIONS, so no form can do anything with it, and sets no
cookie. What changes something asks for more, and for Django's token against forged requests.
"""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from labotel.instrumentation import pages
from labotel.instrumentation.hints import hint

METHODS: Final = ("GET", "HEAD", "OPTIONS")

View = Callable[[HttpRequest], HttpResponse]


class Visitor:
    """Who sent a request."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def authorization(self) -> str:
        """The header."""
        return str(self._request.META.get("HTTP_AUTHORIZATION", ""))

    @property
    def address(self) -> str:
        """The connection's: any client can write what it likes into X-Forwarded-For."""
        return str(self._request.META.get("REMOTE_ADDR", ""))

    @property
    def debug(self) -> bool:
        """Django's DEBUG."""
        return bool(settings.DEBUG)

    def may(self, permission: str) -> bool:
        """Ask for the user's permission; without Django's users, nobody has one."""
        user = getattr(self._request, "user", None)
        return bool(user is not None and user.is_authenticated and user.has_perm(permission))


def guarded(make: Callable[[HttpRequest, pages.Pages], HttpResponse]) -> View:
    """Return the view of a page that answers those alone whom the settings allow."""

    @private
    @wraps(make)
    def view(request: HttpRequest) -> HttpResponse:
        return _answer(request, make)

    return view


def private(answer: View) -> View:
    """Return a view that no cache keeps, and for which no transaction is begun."""

    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        # Also `private`: the cache of whole sites of Django 4.2 keeps what is merely `no-store`.
        add_never_cache_headers(response)
        response["X-Content-Type-Options"] = "nosniff"
        # Whatever the rule is: a session that was looked at would tell it by its `Vary`.
        response["Vary"] = "Authorization, Cookie"
        return response

    for database in connections:  # a page is there when they are not: no transaction is begun
        transaction.non_atomic_requests(using=database)(view)
    return view


def is_let_in(request: HttpRequest) -> bool:
    """Tell whether somebody may see the pages; who cannot be told may not."""
    try:
        rule = pages.access()
        return bool(settings.DEBUG if rule is None else rule.allows(Visitor(request)))
    except Exception:
        return False


def _answer(
    request: HttpRequest, make: Callable[[HttpRequest, pages.Pages], HttpResponse]
) -> HttpResponse:
    if request.method not in METHODS:
        return plain("method not allowed", 405, Allow=", ".join(METHODS))
    try:
        rule = pages.access()
        if not (settings.DEBUG if rule is None else rule.allows(Visitor(request))):
            hint(make.__name__, "configure() comes first" if rule is None else rule.key)
            return plain("forbidden", 403)
    except Exception as error:  # a session store that is away, users without permissions
        hint(make.__name__, f"who asks cannot be told: {type(error).__name__}")
        return plain("forbidden", 403)
    if request.method == "OPTIONS":
        return plain("", 200, Allow=", ".join(METHODS))
    page = pages.current()
    if page is None:
        return plain("labotel is not configured", 503)
    return make(request, page)


def plain(text: str, status: int, **headers: str) -> HttpResponse:
    """Return an answer of one line."""
    body = f"{text}\n" if text else ""
    return HttpResponse(body, status=status, content_type="text/plain", headers=headers)
