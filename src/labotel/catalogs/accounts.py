"""Accounts: log-ins and log-outs, sessions, and passwords that were reset."""

from typing import Literal

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter
from labotel.events.marks import Personal

_Result = Literal["success", "failure"]
_LOGINS = (Counter("auth_logins_total", by=("result",)),)


class LoginSucceeded(Event, name="auth.login", body="log-in", instruments=_LOGINS):
    """Somebody logged in: the record's actor."""

    result: _Result = "success"


class LoginRefused(
    Event, name="auth.login.failed", severity="WARN", body="log-in failed", instruments=_LOGINS
):
    """Credentials were refused; `user` is the name in them, whether or not anybody has it."""

    result: _Result = "failure"
    user: Personal[str | None] = None


class LoggedOut(
    Event, name="auth.logout", body="log-out", instruments=(Counter("auth_logouts_total", by=()),)
):
    """Somebody logged out."""


class SessionChanged(
    Event,
    name="auth.session",
    instruments=(Counter("auth_sessions_total", by=("action",)),),
    log=False,
    span=False,
):
    """A session began, of whoever it is, or was ended; one that merely expires says nothing."""

    action: Literal["created", "ended"]


class PasswordResetSeen(
    Event,
    name="auth.password_reset",
    body="password reset {step}",
    instruments=(Counter("auth_password_resets_total", by=("step",)),),
):
    """Somebody asked for a new password, or set it by the link of an e-mail."""

    step: Literal["requested", "completed"]


catalog = Catalog(
    "accounts",
    events=[LoginSucceeded, LoginRefused, LoggedOut, SessionChanged, PasswordResetSeen],
)
