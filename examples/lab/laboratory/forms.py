"""A view's JSON: what comes in is checked, what is refused is answered in the right words."""

import json
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from laboratory.models import Refused

Word = TypeVar("Word", bound=StrEnum)
Answer = dict[str, Any]


class Wrong(Exception):
    """A request that says something the laboratory does not understand."""


class Form:
    """The fields of a JSON request."""

    def __init__(self, body: bytes) -> None:
        try:
            fields = json.loads(body or b"{}")
        except ValueError as error:
            raise Wrong("the body is not JSON") from error
        if not isinstance(fields, dict):
            raise Wrong("the body is not a JSON object")
        self._fields = fields

    def text(self, name: str) -> str:
        """Return a text that must be there."""
        value = self._fields.get(name)
        if not isinstance(value, str) or not value:
            raise Wrong(f"{name} must be a text")
        return value

    def number(self, name: str) -> int:
        """Return a whole number that must be there."""
        value = self._fields.get(name)
        if not isinstance(value, int):
            raise Wrong(f"{name} must be a whole number")
        return value

    def word(self, name: str, words: type[Word]) -> Word:
        """Return one of a closed set of words."""
        try:
            return words(self.text(name))
        except ValueError as error:
            raise Wrong(f"{name} must be one of {', '.join(words)}") from error


def takes_json(view: Callable[..., Answer]) -> Callable[..., JsonResponse]:
    """Give a view a Form in place of the request, and make its dictionary the answer.

    What the laboratory refuses is answered 409, what it does not understand 400.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        try:
            return JsonResponse(view(Form(request.body), *args, **kwargs))
        except Refused as error:
            return JsonResponse({"error": str(error)}, status=409)
        except Wrong as error:
            return JsonResponse({"error": str(error)}, status=400)

    # The example's clients are programs without cookies: there is no session to forge.
    return csrf_exempt(require_POST(answer))
