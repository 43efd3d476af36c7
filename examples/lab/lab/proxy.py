"""Behind a web server such as nginx: who asks is in a header, as the connection is the server's."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse


class ProxyMiddleware:
    """Gives a request the address of whoever asked the proxy.

    Only where there is a proxy: without one anybody could write any address into the header. The
    last one is the proxy's own word; what stands before it was sent to the proxy.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if not settings.BEHIND_PROXY:
            raise MiddlewareNotUsed
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in the name of the address that the proxy saw."""
        last = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if last:
            request.META["REMOTE_ADDR"] = last
        return self._get_response(request)
