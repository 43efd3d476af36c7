"""The page that adds to a counter: POST, from who may change something, by no other site's form."""

import math
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.views.decorators.csrf import csrf_exempt

from labotel.instrumentation import pages
from labotel.instrumentation.adding import added
from labotel.instrumentation.django.gate import Visitor, plain, private
from labotel.instrumentation.hints import hint
from labotel.pages.increment import BODY, Refused

METHODS: Final = ("POST", "OPTIONS")


# A token in a header is no cookie: no other site's form can send it. For who is signed in, the
# check is made below.
@csrf_exempt
@private
def increment(request: HttpRequest) -> HttpResponse:
    """Add to a declared counter what a JSON body says."""
    if request.method not in METHODS:
        return plain("method not allowed", 405, Allow=", ".join(METHODS))
    page = pages.current()
    by = _by(request, page)
    if by is None or page is None:
        return plain("forbidden", 403)
    if request.method == "OPTIONS":
        return plain("", 200, Allow=", ".join(METHODS))
    try:
        if request.content_type != "application/json":
            raise Refused(415, "Content-Type", request.content_type, "application/json")
        if by == "user" and is_forged(request):
            raise Refused(403, "X-CSRFToken", "what was sent", "the token of Django's CSRF cookie")
        wait = page.bucket.wait(page.setting("increment_rate"))
        if wait:
            said = {"error": f"too many; again in {wait:.2f} s", "what": "increment_rate"}
            again = {"Retry-After": str(math.ceil(wait))}
            return JsonResponse(said, status=429, headers=again)
        made = added(page, page.increments.judge_body(request.read(BODY + 1)), by)
    except Refused as refused:
        return JsonResponse(refused.said, status=refused.status)
    except OSError:  # the client went while it sent
        return plain("bad request", 400)
    return JsonResponse(made.said)


def _by(request: HttpRequest, page: pages.Pages | None) -> str | None:
    try:
        rule = pages.access()
        if rule is None or page is None:
            return None
        by = rule.adds(Visitor(request), page.setting("increment_permission"))
    except Exception as error:
        hint("increment", f"who asks cannot be told: {type(error).__name__}")
        return None
    if by is None:
        hint(
            "increment",
            "send LABOTEL_METRICS_TOKEN as a bearer token, or sign in with the permission "
            f"{page.setting('increment_permission')}",
        )
    return by


def is_forged(request: HttpRequest) -> bool:
    """Tell whether Django's check for forged requests refuses, in force or not."""
    check = CsrfViewMiddleware(lambda _: HttpResponse())
    check.process_request(request)
    return check.process_view(request, _checked, (), {}) is not None


def _checked(request: HttpRequest) -> HttpResponse:
    """Stand for a view that is not exempt."""
    return HttpResponse()
