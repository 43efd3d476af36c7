"""The pages that a framework's views show; the composition root says what makes them."""

from collections.abc import Callable
from typing import Any, Protocol

from labotel.instrumentation.access import Access


class Pages(Protocol):
    """Makes the pages of one process's service."""

    def render(self, accept: str) -> tuple[str, bytes]:
        """Return the content type and the metrics, in the form that an Accept header asks for."""

    def status(self) -> dict[str, Any]:
        """Return labotel's own state, as JSON has it."""


_access: Callable[[], Access] | None = None
_make: Callable[[], Pages] | None = None
_made: dict[str, Pages] = {}


def provide(access: Callable[[], Access] | None, make: Callable[[], Pages] | None) -> None:
    """Say who may see the pages, and what makes them at their first request; None: none are left.

    The rule is asked for at each request: Django's settings come later than `configure`.
    """
    global _access, _make, _made
    _access, _make, _made = access, make, {}


def access() -> Access | None:
    """Return the rule in force, or None before `configure` and after `shutdown`."""
    return None if _access is None else _access()


def current() -> Pages | None:
    """Return the pages, or None before `configure` and after `shutdown`."""
    made, make = _made, _make
    if "pages" not in made and make is not None:
        made.setdefault("pages", make())  # of two threads that make them, one's count
    return made.get("pages")
