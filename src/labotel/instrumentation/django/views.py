"""The pages that labotel gives a Django project, but for the one that adds to a counter."""

import secrets
from collections.abc import Callable
from typing import Final, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse

from labotel.instrumentation import pages
from labotel.instrumentation.accepting import wants_html
from labotel.instrumentation.django.gate import METHODS, guarded, is_let_in, plain, private
from labotel.instrumentation.pages import Pages
from labotel.pages.html import POLICY, status_page
from labotel.pages.runner import HTTP

_INDENT: Final = {"indent": 2}


@guarded
def metrics(request: HttpRequest, pages: Pages) -> HttpResponse:
    """Answer a scrape: the sum over all processes of this service on this host."""
    content_type, body = pages.render(request.headers.get("Accept", ""))
    return HttpResponse(body, content_type=content_type)


@guarded
def status(request: HttpRequest, pages: Pages) -> HttpResponse:
    """Answer how labotel itself is, and what is measured: as a page where a browser asks."""
    if not wants_html(request.headers.get("Accept", "")):
        return JsonResponse(pages.status(), json_dumps_params=_INDENT)
    nonce = secrets.token_urlsafe(16)
    response = HttpResponse(status_page(pages.status(), nonce))
    response["Content-Security-Policy"] = POLICY.format(nonce=nonce)
    return response


def exported(form: Literal["csv", "json"]) -> Callable[[HttpRequest], HttpResponse]:
    """Return the view that answers with the current values in a form."""

    @guarded
    def export(request: HttpRequest, pages: Pages) -> HttpResponse:
        return export_of(pages, form)

    return export


def export_of(pages: Pages, form: Literal["csv", "json"]) -> HttpResponse:
    """Return the current values as a file."""
    content_type, body = pages.export(form)
    name = {"Content-Disposition": f'attachment; filename="metrics.{form}"'}
    return HttpResponse(body, content_type=content_type, headers=name)


@guarded
def values(request: HttpRequest, pages: Pages) -> HttpResponse:
    """Answer with the current values as JSON, for a program."""
    return JsonResponse({"metrics": pages.values()}, json_dumps_params=_INDENT)


@private
def health(request: HttpRequest) -> HttpResponse:
    """Answer how the process is: to a stranger the whole alone, without a detail."""
    if request.method not in METHODS:
        return plain("method not allowed", 405, Allow=", ".join(METHODS))
    if request.method == "OPTIONS":
        return plain("", 200, Allow=", ".join(METHODS))
    known = is_let_in(request)
    report = pages.health().report() if known else pages.health().recent()
    said = report if known else {"status": report["status"]}
    return JsonResponse(said, status=HTTP[report["status"]], json_dumps_params=_INDENT)
