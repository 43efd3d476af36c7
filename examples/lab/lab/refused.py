"""The answer to a step that the present state of things does not allow."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin


class Refused(Exception):
    """A step that the present state of things does not allow; the text is for the person."""


class RefusalMiddleware(MiddlewareMixin):
    """Answers a refused step with 409 and a page that says why."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Make a page of a `Refused`; leave every other exception to Django."""
        if not isinstance(error, Refused):
            return None
        return render(request, "refused.html", {"reason": str(error)}, status=409)
