"""What people do, counted: one `UserActed` for each request of somebody signed in."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse

from lab import clock
from lab.say import say
from labotel.catalogs.lab.users import ActionType, Module, UserActed, UserErred
from labotel.catalogs.lab.words import UserType
from people.models import DayTally
from people.roles import user_type

log = logging.getLogger(__name__)

READING = ("GET", "HEAD", "OPTIONS")
TAKEN_BY_READING = (ActionType.VIEW, ActionType.DOWNLOAD)
V = TypeVar("V", bound=Callable[..., Any])


def does(action: ActionType) -> Callable[[V], V]:
    """Say what a request of the decorated view does, where it is not merely view or update.

    To look at a form is to view, whatever sending the form will do.
    """

    def decorate(view: V) -> V:
        view.does = action
        return view

    return decorate


def action_of(view: Callable[..., Any], method: str | None) -> ActionType:
    """Return what a request of this view by this method does."""
    declared: ActionType | None = getattr(view, "does", None)
    if method not in READING:
        return declared or ActionType.UPDATE
    if method != "GET" and declared is ActionType.DOWNLOAD:
        return ActionType.VIEW  # a HEAD brings no file
    return declared if declared in TAKEN_BY_READING else ActionType.VIEW


def module_of(path: str) -> Module | None:
    """Return the part of the laboratory that a path belongs to; None for what is no part."""
    first = path.strip("/").partition("/")[0] or Module.PROTOCOLS.value
    return Module(first) if first in set(Module) else None


class ActionMiddleware:
    """Says what each person does, whether it goes well or not, and keeps the day's tally.

    It stands before the check of the csrf token: a request refused there was made all the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, then count it where somebody signed in made it."""
        response = self._get_response(request)
        action = getattr(request, "_action", None)
        if action is not None:
            _count(*action, status=response.status_code)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        """Note who asks before the view runs: afterwards they may have signed out."""
        module, user = module_of(request.path_info), request.user
        kind = user_type(user)
        if module is not None and kind is not None:
            request._action = (user, kind, action_of(view, request.method), module)


def _count(user: User, kind: UserType, action: ActionType, module: Module, status: int) -> None:
    who = str(user.pk)
    _tally(user)
    say(UserActed(user_type=kind, action_type=action, module=module, user=who))
    if status >= 400:
        say(UserErred(user_type=kind, action_type=action, user=who, status=status))


def _tally(user: User) -> None:
    """Count for the day's score; the request is answered already, and stays so if this fails."""
    try:
        with transaction.atomic():
            DayTally.add(user, clock.now().date())
    except (DatabaseError, ValueError) as error:
        # Somebody who deleted the own account, or a database that is too busy.
        log.warning("An action of person %s is not in the tally: %s", user.pk, error)
