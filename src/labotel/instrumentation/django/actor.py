"""Who a request is for: the user that the application itself has looked at, and nobody sooner."""

from collections.abc import Callable
from typing import Any

from labotel.events.marks import Pseudonymous

Pseudonym = Callable[[Any], str | None]


class RequestActor:
    """The actor of one request, asked anew each time: a view may sign somebody in or out."""

    __slots__ = ("_known", "_pseudonym", "_request", "_user")

    def __init__(self, request: Any, pseudonym: Pseudonym) -> None:
        self._request = request
        self._pseudonym = pseudonym
        self._user: Any = None
        self._known: str | None = None

    def __call__(self) -> str | None:
        """Return the user's pseudonym, None for nobody; asks no database."""
        request = self._request
        if request is None:
            return self._known
        try:
            user = _seen(request.__dict__)
            if user is not self._user:
                self._known = self._pseudonym(getattr(user, "pk", None))
                self._user = user
        except Exception:  # a user of the application's own class may raise at anything
            return None
        return self._known

    def person(self) -> Any:
        """Return the user's key, None for nobody; loads the user where nobody looked yet."""
        request = self._request
        if request is None:
            return None if self._known is None else Pseudonymous(self._known)
        try:
            user = _seen(request.__dict__)
            return getattr(request.__dict__.get("user") if user is None else user, "pk", None)
        except Exception:
            return None

    def settle(self) -> str | None:
        """Return the pseudonym for good: a thread may outlive the request, which goes now."""
        known = self()
        self._request = self._user = None
        return known


def _seen(request: dict[str, Any]) -> Any:
    """Return the user that was loaded, whichever way; None as long as none was."""
    user = request.get("user")
    lazy = object.__getattribute__(user, "__dict__") if user is not None else {}
    if "_wrapped" not in lazy:  # none of Django's lazy objects
        return user  # what a view, an authentication of another kind, or `login` has set
    loaded = lazy["_wrapped"]
    if type(loaded) is object:  # Django's mark of a lazy object that nobody looked at
        return request.get("_acached_user")
    return loaded
