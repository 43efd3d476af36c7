"""The gate that each of labotel's pages stands behind in a Django project.

The pages only read: GET, HEAD and OPTIONS are answered, so no form can do anything with them, and
there is no cookie and no exemption from Django's check for forged requests.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from labotel.instrumentation import pages

logger = logging.getLogger("labotel")

HINT_EVERY: Final = 60.0
"""Seconds between two hints in one process: a scanner must not fill the log."""
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

    @wraps(make)
    def view(request: HttpRequest) -> HttpResponse:
        response = _answer(request, make)
        # Also `private`: the cache of whole sites of Django 4.2 keeps what is merely `no-store`.
        add_never_cache_headers(response)
        response["X-Content-Type-Options"] = "nosniff"
        # Whatever the rule is: a session that was looked at would tell it by its `Vary`.
        response["Vary"] = "Authorization, Cookie"
        return response

    for database in connections:  # a page is there when they are not: no transaction is begun
        transaction.non_atomic_requests(using=database)(view)
    return view


def _answer(
    request: HttpRequest, make: Callable[[HttpRequest, pages.Pages], HttpResponse]
) -> HttpResponse:
    if request.method not in METHODS:
        return _text("method not allowed", 405, Allow=", ".join(METHODS))
    try:
        rule = pages.access()
        if not (settings.DEBUG if rule is None else rule.allows(Visitor(request))):
            _hint(make.__name__, "configure() comes first" if rule is None else rule.key)
            return _text("forbidden", 403)
    except Exception as error:  # a session store that is away, users without permissions
        _hint(make.__name__, f"who asks cannot be told: {type(error).__name__}")
        return _text("forbidden", 403)
    if request.method == "OPTIONS":
        return _text("", 200, Allow=", ".join(METHODS))
    page = pages.current()
    if page is None:
        return _text("labotel is not configured", 503)
    return make(request, page)


def _text(text: str, status: int, **headers: str) -> HttpResponse:
    body = f"{text}\n" if text else ""
    return HttpResponse(body, status=status, content_type="text/plain", headers=headers)


_hinting = threading.Lock()
_hinted = -HINT_EVERY


def _hint(page: str, key: str) -> None:
    """Say what opens a page, at most once a minute."""
    global _hinted
    # Who cannot have the lock leaves the hint to another; nobody waits, in a forked child neither.
    if not _hinting.acquire(blocking=False):
        return
    try:
        now = time.monotonic()
        if now - _hinted < HINT_EVERY:
            return
        _hinted = now
    finally:
        _hinting.release()
    try:
        logger.warning("labotel: /%s is closed to who asked: %s", page, key)
    except Exception:  # a filter or handler of the application's may raise
        pass
