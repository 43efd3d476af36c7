"""The pages that a framework's views show; the composition root says what makes them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol

from labotel.instrumentation.access import Access

if TYPE_CHECKING:  # what a page needs is imported where one is asked for
    from labotel.pages.increment import Increments
    from labotel.pages.rate import Bucket
    from labotel.pages.runner import Health


class Pages(Protocol):
    """Makes the pages of one process's service."""

    increments: "Increments"
    bucket: "Bucket"

    def render(self, accept: str) -> tuple[str, bytes]:
        """Return the content type and the metrics, in the form that an Accept header asks for."""

    def export(self, form: Literal["csv", "json"]) -> tuple[str, bytes]:
        """Return the content type and the current values in a form."""

    def values(self) -> list[dict[str, Any]]:
        """Return each metric with its current series."""

    def status(self) -> dict[str, Any]:
        """Return labotel's own state and what is measured, as JSON has it."""

    def setting(self, name: str) -> Any:
        """Return a setting in force."""


_access: Callable[[], Access] | None = None
_make: Callable[[], Pages] | None = None
_check: "Callable[[], Health] | None" = None
_made: dict[str, Any] = {}


def provide(
    access: Callable[[], Access] | None,
    make: Callable[[], Pages] | None,
    check: "Callable[[], Health] | None",
) -> None:
    """Say who may see the pages, and what makes them at their first request; None: none are left.

    The rule is asked for at each request: Django's settings come later than `configure`.
    """
    global _access, _make, _check, _made
    _access, _make, _check, _made = access, make, check, {}


def access() -> Access | None:
    """Return the rule in force, or None before `configure` and after `shutdown`."""
    return None if _access is None else _access()


def current() -> Pages | None:
    """Return the pages, or None before `configure` and after `shutdown`."""
    made, make = _made, _make
    if "pages" not in made and make is not None:
        made.setdefault("pages", make())  # of two threads that make them, one's count
    found: Pages | None = made.get("pages")
    return found


def health() -> "Health":
    """Return the health of this process, which is there when labotel is not configured, too."""
    made = _made
    if "health" not in made:
        from labotel.instrumentation.health import by_default

        made.setdefault("health", (_check or by_default)())
    found: Health = made["health"]
    return found
