"""The pages that labotel gives a Django project: /metrics."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from labotel.instrumentation.pages import current

logger = logging.getLogger("labotel")


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scrape: the sum over all processes of this service on this host."""
    page = current()
    if page is None:
        return HttpResponse("labotel is not configured\n", status=503, content_type="text/plain")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not page.allows(token if scheme.lower() == "bearer" else None, bool(settings.DEBUG)):
        logger.warning(
            "labotel: /metrics is closed; set LABOTEL_METRICS_TOKEN and send it as a bearer "
            "token, or LABOTEL_METRICS_ACCESS=open where only the scraper can reach it"
        )
        return HttpResponse("forbidden\n", status=403, content_type="text/plain")
    content_type, body = page.render(request.headers.get("Accept", ""))
    return HttpResponse(body, content_type=content_type)
