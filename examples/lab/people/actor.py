"""Who does what is being done: the person of the request, of the request behind a task, or nobody.

A context variable holds a function and not a name, so that a request which never asks for its
actor need not load its session, and one that signs a person in has that person from then on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest, HttpResponse

SYSTEM: Final = "system"


def _nobody() -> str:
    return SYSTEM


_actor: ContextVar[Callable[[], str]] = ContextVar("actor", default=_nobody)


def current() -> str:
    """Return the acting person's key as text, or `system` where nobody acts."""
    return _actor.get()()


@contextmanager
def acting(pk: str | int) -> Iterator[None]:
    """Let a person act for the length of a block."""
    with _acting(lambda: str(pk)):
        yield


@contextmanager
def _acting(who: Callable[[], str]) -> Iterator[None]:
    token = _actor.set(who)
    try:
        yield
    finally:
        _actor.reset(token)


class ActorMiddleware:
    """Lets the user of a request act while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in its user's name."""
        with _acting(lambda: str(request.user.pk or SYSTEM)):
            return self._get_response(request)
