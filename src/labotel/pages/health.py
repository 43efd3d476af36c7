"""Checks of what a process needs: what one is, and what it found."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from labotel.events.texts import quoted

Status = Literal["healthy", "warning", "unhealthy"]
STATUSES: Final[tuple[Status, ...]] = ("healthy", "warning", "unhealthy")
"""From good to bad; a report is as bad as the worst of its checks."""
DETAIL: Final = 300
"""The longest detail, in characters."""

Settings = Callable[[], Mapping[str, Any]]
"""Gives the settings in force."""


@dataclass(frozen=True)
class Finding:
    """What a check found."""

    status: Status
    detail: str = ""


@dataclass(frozen=True)
class Check:
    """One check. Where it is not `vital`, nothing that it finds is worse than a warning."""

    name: str
    run: Callable[[], Finding]
    vital: bool = True


Maker = Callable[[Mapping[str, Any]], Iterable[Check]]
"""Gives the checks that there are by the settings."""


def found(answer: object) -> Finding:
    """Return what the answer of an application's own check means."""
    if answer is None or answer is True:
        return Finding("healthy")
    if isinstance(answer, Finding):
        return answer
    if isinstance(answer, str):
        from labotel.pages.told import told  # what only declares a check needs none of it

        return Finding("warning", told(answer))
    return Finding("unhealthy", f"the check returned {quoted(answer, 60)}; allowed: None, a text")


def failed(error: BaseException) -> Finding:
    """Return what an exception means: unhealthy, with its type and what may be said of its text."""
    from labotel.pages.told import told

    name = type(error).__name__
    text = told(str(error).strip().partition("\n")[0])
    return Finding("unhealthy", f"{name}: {text}"[:DETAIL] if text else name)
