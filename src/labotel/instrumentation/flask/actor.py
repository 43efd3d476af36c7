"""Who a request to Flask is for: whom the application itself has looked at, and nobody sooner.

Flask has no users of its own. Flask-Login keeps the one that it loaded in `g._login_user`; what
signs people in by itself may set `g.labotel_actor` to what identifies a person.
"""

from collections.abc import Callable
from typing import Any, Final

Pseudonym = Callable[[Any], str | None]

GIVEN: Final = "labotel_actor"
"""The attribute of `g` that an application may set."""
_LOADED: Final = "_login_user"


class FlaskActor:
    """The actor of one request, asked anew each time: a view may sign somebody in or out."""

    __slots__ = ("_known", "_pseudonym", "_seen", "g")

    def __init__(self, pseudonym: Pseudonym) -> None:
        self._pseudonym = pseudonym
        self._seen: Any = None
        self._known: str | None = None
        self.g: Any = None
        """What the application keeps for the request; None before and after."""

    def __call__(self) -> str | None:
        """Return the person's pseudonym, None for nobody; asks no database."""
        if self.g is None:
            return self._known
        try:
            kept = vars(self.g)
            given = kept.get(GIVEN)
            seen = kept.get(_LOADED) if given is None else given
            if seen is not self._seen:
                self._known = self._pseudonym(_id(seen) if given is None else given)
                self._seen = seen
        except Exception:  # a user of the application's own class may raise at anything
            return None
        return self._known

    def settle(self) -> str | None:
        """Return the pseudonym for good: a thread may outlive the request, which goes now."""
        known = self()
        self.g = self._seen = None
        return known


def _id(user: Any) -> Any:
    """Return what identifies a user of Flask-Login's, None for an anonymous one.

    SQLAlchemy's own identity comes first: `get_id` may load a row that a commit has expired.
    """
    if user is None or not getattr(user, "is_authenticated", True):
        return None
    state = getattr(user, "__dict__", {}).get("_sa_instance_state")
    identity = getattr(state, "identity", None)
    if isinstance(identity, tuple) and len(identity) == 1:
        return identity[0]
    return user.get_id()
