"""The picture in every mail: whoever sees it has opened the mail."""

import base64

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from post.models import Message

PICTURE = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
"""A transparent picture of one pixel, 43 bytes."""


@require_GET
@never_cache
def opened(request: HttpRequest, token: str) -> HttpResponse:
    """Note that the mail with this token was opened; an unknown one gets the same picture."""
    Message.opened(token)
    return HttpResponse(PICTURE, content_type="image/gif")
