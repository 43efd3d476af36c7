"""Sessions: a person's time at work, from signing in to signing out or being signed out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest

from lab import clock
from lab.say import say
from labotel.catalogs.lab.users import LoginMethod, SessionEnded, SessionStarted
from people.models import WorkSession
from people.roles import user_type


def signs_in_by(request: HttpRequest, method: LoginMethod) -> None:
    """Note how the log-in that follows in this request comes about, where not by a password."""
    request._login_method = method


@receiver(user_logged_in)
def start(request: HttpRequest, user: User, **_: Any) -> None:
    """Begin a session, and say so: once for each log-in."""
    kind = user_type(user)
    if kind is None:
        return
    if request.session.session_key is None:
        request.session.save()  # only a saved session has a key
    # Whoever was signed in with this browser before no longer is: Django has taken that session.
    former = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    with transaction.atomic():
        end(WorkSession.objects.filter(session_key=former), keep_login=True)
        WorkSession.objects.create(user=user, session_key=request.session.session_key)
        method = getattr(request, "_login_method", LoginMethod.PASSWORD)
        say(SessionStarted(user_type=kind, login_method=method, user=str(user.pk)))


@contextmanager
def followed(request: HttpRequest) -> Iterator[None]:
    """Let a work session keep its browser where Django gives that a new session key meanwhile."""
    before = request.session.session_key
    yield
    after = request.session.session_key
    if before is not None and after is not None and after != before:
        rows = WorkSession.objects.filter(session_key=before, ended_at=None)
        rows.update(session_key=after)


@receiver(user_logged_out)
def stop(request: HttpRequest, user: User | None, **_: Any) -> None:
    """End the session of somebody who signs out."""
    if user is not None:
        key = request.session.session_key
        end(WorkSession.objects.filter(user=user, session_key=key), keep_login=True)


def end(sessions: QuerySet[WorkSession], keep_login: bool = False) -> int:
    """End these sessions where they have not ended; say so once for each, and return how many.

    Their Django sessions are deleted, which signs the people out; `keep_login` leaves that to
    Django's own log-out, which is under way.
    """
    ended = 0
    for session in sessions.filter(ended_at=None).select_related("user"):
        with transaction.atomic():
            now = clock.now()
            open_row = WorkSession.objects.filter(pk=session.pk, ended_at=None)
            if not open_row.update(ended_at=now):
                continue  # somebody else ended it in between, and has said so
            if not keep_login:
                Session.objects.filter(session_key=session.session_key).delete()
            kind = user_type(session.user)
            if kind is not None:
                who, duration = str(session.user.pk), now - session.started_at
                say(SessionEnded(user_type=kind, user=who, duration=duration))
        ended += 1
    return ended
