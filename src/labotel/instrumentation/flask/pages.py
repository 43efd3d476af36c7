"""The pages of a Flask application: `app.register_blueprint(labotel…flask.pages.blueprint())`."""

import json
import math
import secrets
from collections.abc import Callable, Mapping
from typing import Any, Literal

from flask import Blueprint, Response, request

from labotel.instrumentation import health as checking
from labotel.instrumentation import pages
from labotel.instrumentation.accepting import wants_html
from labotel.instrumentation.adding import added
from labotel.instrumentation.flask.commands import commands
from labotel.instrumentation.flask.engines import checked, of_extension
from labotel.instrumentation.flask.visits import (
    Allowed,
    Visitor,
    adds,
    is_forged,
    is_let_in,
    kept_private,
)
from labotel.pages.html import POLICY, status_page
from labotel.pages.increment import BODY, Refused
from labotel.pages.runner import HTTP

Make = Callable[[pages.Pages], Response]


def blueprint(
    *,
    metrics: str | None = "/metrics",
    health: str | None = "/health",
    status: str | None = "/status",
    increment: str | None = "/increment",
    export: str | None = "/metrics/export",
    prometheus: str | None = None,
    metrics_format: Literal["text", "json"] = "text",
    allowed: Allowed | None = None,
    engines: Mapping[str, Any] | None = None,
) -> Blueprint:
    """Return the pages at these addresses (None: none), and the command `flask labotel`.

    The settings `metrics_access` and what goes with it say who sees them; under `permission`, and
    for who is signed in and adds to a counter, `allowed(request, permission)` is asked. `engines`
    are SQLAlchemy's, by name (the first may be ""), for the check of the database; those of
    Flask-SQLAlchemy are found.
    """
    if metrics_format not in ("text", "json"):
        raise ValueError(f"metrics_format={metrics_format!r}; allowed: 'text', 'json'")
    made = Blueprint("labotel", __name__, cli_group="labotel")
    made.after_request(kept_private)
    commands(made)
    guard = _Guard(allowed)
    stem = None if export is None else export.rstrip("/")
    shown: list[tuple[str | None, str, Make]] = [
        (metrics, "metrics", _scrape if metrics_format == "text" else _values),
        (prometheus, "prometheus", _scrape),
        (status, "status", _status),
        (None if stem is None else f"{stem}.csv", "export_csv", lambda page: _export(page, "csv")),
        (None if stem is None else f"{stem}.json", "export_json", lambda p: _export(p, "json")),
    ]
    for place, name, make in shown:
        if place is not None:
            made.add_url_rule(place, name, guard.view(name, make), strict_slashes=False)
    if health is not None:
        made.add_url_rule(health, "health", guard.health, strict_slashes=False)
    if increment is not None:
        made.add_url_rule(
            increment, "increment", guard.increment, methods=["POST"], strict_slashes=False
        )
    made.record_once(lambda state: _check(state.app, engines))
    return made


def _check(app: Any, engines: Mapping[str, Any] | None) -> None:
    """Let the health ask the application's databases from now on."""
    checking.engines.append(checked(lambda: {**of_extension(app), **(engines or {})}))


class _Guard:
    """Lets those in whom the settings allow."""

    def __init__(self, allowed: Allowed | None) -> None:
        self._allowed = allowed

    def view(self, name: str, make: Make) -> Callable[[], Response]:
        """Return the view of a page."""

        def view() -> Response:
            if not is_let_in(Visitor(request, self._allowed), name):
                return _plain("forbidden", 403)
            page = pages.current()
            if page is None:
                return _plain("labotel is not configured", 503)
            return make(page)

        return view

    def health(self) -> Response:
        """Answer how the process is: to a stranger the whole alone, without a detail."""
        known = is_let_in(Visitor(request, self._allowed))
        report = pages.health().report() if known else pages.health().recent()
        return _json(report if known else {"status": report["status"]}, HTTP[report["status"]])

    def increment(self) -> Response:
        """Add to a declared counter what a JSON body says."""
        page = pages.current()
        by = adds(Visitor(request, self._allowed), page)
        if by is None or page is None:
            return _plain("forbidden", 403)
        try:
            if request.mimetype != "application/json":
                raise Refused(415, "Content-Type", request.mimetype, "application/json")
            if by == "user" and is_forged(request):
                raise Refused(403, "Origin", "what was sent", "a page of this site")
            wait = page.bucket.wait(page.setting("increment_rate"))
            if wait:
                said = {"error": f"too many; again in {wait:.2f} s", "what": "increment_rate"}
                refused = _json(said, 429)
                refused.headers["Retry-After"] = str(math.ceil(wait))
                return refused
            made = added(page, page.increments.judge_body(request.stream.read(BODY + 1)), by)
        except Refused as wrong:
            return _json(wrong.said, wrong.status)
        return _json(made.said)


def _scrape(page: pages.Pages) -> Response:
    content_type, body = page.render(request.headers.get("Accept", ""))
    return Response(body, content_type=content_type)


def _values(page: pages.Pages) -> Response:
    return _json({"metrics": page.values()})


def _status(page: pages.Pages) -> Response:
    if not wants_html(request.headers.get("Accept", "")):
        return _json(page.status())
    nonce = secrets.token_urlsafe(16)
    made = Response(status_page(page.status(), nonce), content_type="text/html; charset=utf-8")
    made.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    return made


def _export(page: pages.Pages, form: Literal["csv", "json"]) -> Response:
    content_type, body = page.export(form)
    name = {"Content-Disposition": f'attachment; filename="metrics.{form}"'}
    return Response(body, content_type=content_type, headers=name)


def _json(said: Any, status: int = 200) -> Response:
    return Response(json.dumps(said, indent=2), status, content_type="application/json")


def _plain(text: str, status: int) -> Response:
    return Response(f"{text}\n", status, content_type="text/plain")
