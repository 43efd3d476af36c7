"""Who asks for a page of a Flask application, and what they are answered."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Request, Response, current_app

from labotel.instrumentation import pages
from labotel.instrumentation.hints import hint

Allowed = Callable[[Request, str], bool]
"""Tells whether who sent a request has a permission."""


class Visitor:
    """Who sent a request."""

    def __init__(self, request: Request, allowed: Allowed | None) -> None:
        self._request = request
        self._allowed = allowed

    @property
    def authorization(self) -> str:
        """The header."""
        return str(self._request.environ.get("HTTP_AUTHORIZATION", ""))

    @property
    def address(self) -> str:
        """The connection's: any client can write what it likes into X-Forwarded-For."""
        return str(self._request.environ.get("REMOTE_ADDR", ""))

    @property
    def debug(self) -> bool:
        """Flask's debug mode."""
        return bool(current_app.debug)

    def may(self, permission: str) -> bool:
        """Ask the application; where it gave nothing to ask, nobody has a permission."""
        return self._allowed is not None and self._allowed(self._request, permission) is True


def is_let_in(visitor: Visitor, page: str = "") -> bool:
    """Tell whether somebody may see the pages; of a `page` that is closed, the log says why."""
    try:
        rule = pages.access()
        if visitor.debug if rule is None else rule.allows(visitor):
            return True
        key = "configure() comes first" if rule is None else rule.key
    except Exception as error:  # what the application gave to ask may raise
        key = f"who asks cannot be told: {type(error).__name__}"
    if page:
        hint(page, key)
    return False


def adds(visitor: Visitor, page: pages.Pages | None) -> str | None:
    """Tell by what somebody may add to a counter; None where they may not."""
    rule = pages.access()
    if rule is None or page is None:
        return None
    try:
        by = rule.adds(visitor, page.setting("increment_permission"))
    except Exception as error:
        hint("increment", f"who asks cannot be told: {type(error).__name__}")
        return None
    if by is None:
        hint("increment", "send LABOTEL_METRICS_TOKEN as a bearer token")
    return by


def is_forged(request: Request) -> bool:
    """Tell whether another site's page sent a request: a browser says which did."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("Origin")
    try:
        # The host alone: behind a proxy that ends TLS, the scheme here is another.
        return origin is not None and urlsplit(origin).netloc != request.host
    except ValueError:  # no address at all
        return True


def kept_private(response: Response) -> Response:
    """Return an answer that no cache keeps."""
    response.headers["Cache-Control"] = "max-age=0, no-cache, no-store, must-revalidate, private"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Vary"] = "Authorization, Cookie"
    return response
