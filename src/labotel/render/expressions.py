"""The expressions that several rules and panels are made of."""

from collections.abc import Iterable

from labotel.events.who import SERVICE


def added(selector: str, window: str, by: Iterable[str] = (), function: str = "rate") -> str:
    """Return the sum over a service's instances of a counter's rate (or `increase`)."""
    return f"sum by ({', '.join((*SERVICE, *by))}) ({function}({selector}[{window}]))"


def share(part: str, whole: str, window: str, by: Iterable[str] = ()) -> str:
    """Return a part of a whole, 0 to 1, for each service; nothing where there was no whole.

    A label set that the part has never had is a share of 0, as long as there is a whole.
    """
    by = tuple(by)
    over = added(whole, window, by)
    return f"(\n  {added(part, window, by)}\n  or\n  0 * {over}\n)\n/\n({over} > 0)"
