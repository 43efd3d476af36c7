"""The application's own checks: what `labotel` brings in at each start, and so almost nothing."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from labotel.events.texts import quoted

LONGEST: Final = 60
F = TypeVar("F", bound=Callable[[], Any])

own: dict[str, tuple[Callable[[], Any], bool]] = {}
"""By name, each with whether it is vital; the last one declared counts."""


def health_check(name: str, *, vital: bool = True) -> Callable[[F], F]:
    """Decorate a function that checks something which the application needs.

    None is healthy, a text is a warning with that detail, and an exception is unhealthy: a warning
    too, where the check is not `vital`. It runs on a thread of labotel's when `/health` is asked::

        @labotel.health_check("lims")
        def lims() -> str | None:
            answer = requests.get(f"{LIMS}/ping", timeout=1)
            answer.raise_for_status()
            return "the LIMS is read-only" if answer.json()["read_only"] else None
    """
    if not isinstance(name, str) or not _is_name(name):
        raise ValueError(
            f"health_check({quoted(name, 100)}): allowed: lower case letters, digits, '-' and '_', "
            "as in 'lims'"
        )

    def register(function: F) -> F:
        own[name] = (function, vital)
        return function

    return register


def _is_name(name: str) -> bool:
    words = name.replace("-", "").replace("_", "")
    plain = words.isascii() and words.isalnum() and name == name.lower()
    return plain and name[0].isalpha() and len(name) <= LONGEST
