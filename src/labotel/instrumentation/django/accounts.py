"""Events for log-ins, log-outs and failed log-ins, by Django's own signals, and for resets.

Of a reset Django tells nobody: the form that asks for it and the view that completes it are
wrapped.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final

from labotel.catalogs.accounts import (
    LoggedOut,
    LoginRefused,
    LoginSucceeded,
    PasswordResetSeen,
)
from labotel.events.dispatch import tell
from labotel.events.event import Event
from labotel.instrumentation.heirs import Heirs

_UID: Final = "labotel"
_NAMES: Final = ("username", "email", "login")
"""How credentials call who somebody says to be, where the application has no user model."""

Fault = Callable[[str, BaseException], None]


class LoginObserver:
    """Receives the signals of `django.contrib.auth`; `connect` and `disconnect` it."""

    def __init__(self, fault: Fault) -> None:
        self._fault = fault
        self._signals: Any = None

    def connect(self, signals: Any) -> None:
        """Receive the signals of `django.contrib.auth.signals`."""
        self._signals = signals
        for signal, receiver in self._receivers():
            signal.connect(receiver, weak=False, dispatch_uid=_UID)

    def disconnect(self) -> None:
        """Receive nothing any more."""
        if self._signals is not None:
            for signal, _ in self._receivers():
                signal.disconnect(dispatch_uid=_UID)
            self._signals = None

    def _receivers(self) -> list[tuple[Any, Callable[..., None]]]:
        signals = self._signals
        return [
            (signals.user_logged_in, self._logged_in),
            (signals.user_logged_out, self._logged_out),
            (signals.user_login_failed, self._refused),
        ]

    def _logged_in(self, **kwargs: Any) -> None:
        tell(LoginSucceeded())

    def _logged_out(self, user: Any = None, **kwargs: Any) -> None:
        if user is not None:  # Django tells of anybody who asks to be logged out
            tell(LoggedOut())

    def _refused(self, credentials: Any = None, **kwargs: Any) -> None:
        try:
            name = _name_in(credentials)
        except Exception as error:
            self._fault("login_failed", error)
            name = None
        tell(LoginRefused(user=name))


class Outermost:
    """Says an event after a method has come back, once for calls within one another."""

    def __init__(self, name: str, event: Callable[[], Event]) -> None:
        self._inside: ContextVar[bool] = ContextVar(f"labotel_{name}", default=False)
        self._event = event
        self.on = False

    def around(self, original: Any) -> Any:
        """Return what stands in the method's place."""

        @wraps(original)
        def method(this: Any, *args: Any, **kwargs: Any) -> Any:
            if not self.on or self._inside.get():
                return original(this, *args, **kwargs)
            token = self._inside.set(True)
            try:
                result = original(this, *args, **kwargs)
            finally:
                self._inside.reset(token)
            tell(self._event())
            return result

        return method


class ResetObserver:
    """Wraps a method that is a step of a reset, of a class and its heirs; `connect` it."""

    def __init__(self, kind: str, method: str, event: Callable[[], Event], fault: Fault) -> None:
        self._kind = kind
        self._outermost = Outermost(f"{kind}.{method}", event)
        self._heirs = Heirs([method], self._outermost.around, fault)

    def connect(self, module: Any) -> None:
        """Observe the step."""
        self._heirs.connect(getattr(module, self._kind))
        self._outermost.on = True

    def disconnect(self) -> None:
        """Give the classes their own methods back."""
        self._outermost.on = False
        self._heirs.disconnect()


def requested(fault: Fault) -> ResetObserver:
    """Return who observes that a reset is asked for, by an address that is known or not."""
    return ResetObserver(
        "PasswordResetForm", "save", lambda: PasswordResetSeen(step="requested"), fault
    )


def completed(fault: Fault) -> ResetObserver:
    """Return who observes that a new password was set by a link."""
    return ResetObserver(
        "PasswordResetConfirmView", "form_valid", lambda: PasswordResetSeen(step="completed"), fault
    )


def _name_in(credentials: Any) -> str | None:
    """Return who somebody says to be; a backend of the application's may take other words."""
    from django.contrib.auth import get_user_model

    for key in (get_user_model().USERNAME_FIELD, *_NAMES):
        name = credentials.get(key)
        if type(name) is str and name:
            return name
    return None
