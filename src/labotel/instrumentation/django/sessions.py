"""An event for each session that begins, and for each that is ended, whatever keeps it.

A session begins when it first has a key: that is when it is first saved. One whose key is changed
at a log-in goes on.
"""

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, Final

from labotel.catalogs.accounts import SessionChanged
from labotel.events.dispatch import tell
from labotel.instrumentation.heirs import Heirs

_NAMES: Final = ("save", "create", "cycle_key", "flush")
_METHODS: Final = (*_NAMES, *(f"a{name}" for name in _NAMES))

_inside: Final[ContextVar[bool]] = ContextVar("labotel_session", default=False)
"""Whether such a method is under way: they call each other."""


class SessionObserver:
    """Wraps the methods that give a session its key, or take it; `connect` and `disconnect` it."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._heirs = Heirs(_METHODS, self._around, fault)
        self._connected = False

    def connect(self, base: Any) -> None:
        """Observe the heirs of `django.contrib.sessions.backends.base`'s class."""
        self._heirs.connect(base.SessionBase)
        self._connected = True

    def disconnect(self) -> None:
        """Give the classes their own methods back."""
        self._connected = False
        self._heirs.disconnect()

    def _around(self, original: Any) -> Any:
        said = self._said

        @wraps(original)
        def method(this: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._connected or _inside.get():
                return original(this, *args, **kwargs)
            before, token = _has_key(this), _inside.set(True)
            try:
                result = original(this, *args, **kwargs)
            finally:
                _inside.reset(token)
            said(before, this)
            return result

        @wraps(original)
        async def method_async(this: Any, *args: Any, **kwargs: Any) -> Any:
            if not self._connected or _inside.get():
                return await original(this, *args, **kwargs)
            before, token = _has_key(this), _inside.set(True)
            try:
                result = await original(this, *args, **kwargs)
            finally:
                _inside.reset(token)
            said(before, this)
            return result

        return method_async if iscoroutinefunction(original) else method

    def _said(self, before: bool, session: Any) -> None:
        try:
            after = _has_key(session)
            if before is not after:
                tell(SessionChanged(action="created" if after else "ended"))
        except Exception as error:
            self._fault("session", error)


def _has_key(session: Any) -> bool:
    return getattr(session, "session_key", None) is not None
