"""The pages that a framework's views show; the composition root says what makes them."""

from collections.abc import Callable
from typing import Protocol


class MetricsPage(Protocol):
    """Renders the metrics."""

    def allows(self, token: str | None, debug: bool) -> bool:
        """Tell whether a request with this bearer token may see the page."""

    def render(self, accept: str) -> tuple[str, bytes]:
        """Return the content type and the page, in the form that an Accept header asks for."""


_make: Callable[[], MetricsPage] | None = None
_made: MetricsPage | None = None


def provide(make: Callable[[], MetricsPage] | None) -> None:
    """Say what makes the page at its first request; None where there is none any more."""
    global _make, _made
    _make, _made = make, None


def current() -> MetricsPage | None:
    """Return the page, or None before `configure` and after `shutdown`."""
    global _made
    if _made is None and _make is not None:
        _made = _make()
    return _made
