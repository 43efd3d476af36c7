"""The pages that labotel gives a Django project: /metrics and /status."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from labotel.instrumentation.django.gate import guarded
from labotel.instrumentation.pages import Pages


@guarded
def metrics(request: HttpRequest, pages: Pages) -> HttpResponse:
    """Answer a scrape: the sum over all processes of this service on this host."""
    content_type, body = pages.render(request.headers.get("Accept", ""))
    return HttpResponse(body, content_type=content_type)


@guarded
def status(request: HttpRequest, pages: Pages) -> HttpResponse:
    """Answer how labotel itself is: what waits, what was lost, and whether a receiver answers."""
    return JsonResponse(pages.status(), json_dumps_params={"indent": 2})
