"""Who a person is to the laboratory, and what is for whom."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from labotel.catalogs.lab.security import SecurityEventType
from labotel.catalogs.lab.words import Severity, UserType
from people import security

View = Callable[..., HttpResponse]
AnyUser = User | AnonymousUser | AbstractBaseUser


def user_type(user: AnyUser) -> UserType | None:
    """Return what a person is: by the groups, else by Django's own flags; None for a stranger.

    Of several groups the one that comes last in `UserType` counts. The answer is kept on the user
    object, which lives for one request.
    """
    if not hasattr(user, "_user_type"):
        user._user_type = _look_up(user)
    found: UserType | None = user._user_type
    return found


def _look_up(user: Any) -> UserType | None:
    if not user.is_authenticated:
        return None
    groups = {group.name for group in user.groups.all()}
    for kind in reversed(UserType):
        if kind.value in groups:
            return kind
    if user.is_superuser:
        return UserType.ADMIN
    return UserType.STAFF if user.is_staff else None


def only(*kinds: UserType) -> Callable[[View], View]:
    """Let none but these people see the view: others are sent to sign in, or are denied (403)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if user_type(request.user) not in kinds:
                security.seen(SecurityEventType.PERMISSION_DENIED, Severity.MEDIUM, request.user)
                raise PermissionDenied(f"this is for {' and '.join(kinds)} alone")
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def anyone(view: View) -> View:
    """Let everybody who is signed in see the view."""
    return only(*UserType)(view)


def in_templates(request: HttpRequest) -> dict[str, UserType | None]:
    """Give every template the type of its reader: the navigation depends on it."""
    user = getattr(request, "user", None)
    return {"user_type": user_type(user) if user is not None else None}
