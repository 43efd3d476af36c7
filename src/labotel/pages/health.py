"""Checks of what a process needs: what one is, what it found, and the application's own."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from labotel.events.texts import quoted

Status = Literal["healthy", "warning", "unhealthy"]
STATUSES: Final[tuple[Status, ...]] = ("healthy", "warning", "unhealthy")
"""From good to bad; a report is as bad as the worst of its checks."""
DETAIL: Final = 300
"""The longest detail, in characters."""

_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://\S+", re.IGNORECASE)
_PAIR: Final = re.compile(
    r"(?i)\b(user(?:name)?|role|password|passwd|pwd|host(?:name)?|server(?: at)?|for user|account)"
    r"(\s*=\s*|\s+)(\"[^\"]*\"|'[^']*'|(?<==)\S+)"
)

Settings = Callable[[], Mapping[str, Any]]
"""Gives the settings in force."""
F = TypeVar("F", bound=Callable[[], Any])


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

own: dict[str, Check] = {}
"""The application's own, by name; the last one declared counts."""


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
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"health_check({quoted(name, 100)}): allowed: lower case letters, digits, '-' and '_', "
            "as in 'lims'"
        )

    def register(function: F) -> F:
        own[name] = Check(name, lambda: found(function()), vital)
        return function

    return register


def found(answer: object) -> Finding:
    """Return what the answer of an application's own check means."""
    if answer is None or answer is True:
        return Finding("healthy")
    if isinstance(answer, Finding):
        return answer
    if isinstance(answer, str):
        return Finding("warning", told(answer))
    return Finding("unhealthy", f"the check returned {quoted(answer, 60)}; allowed: None, a text")


def failed(error: BaseException) -> Finding:
    """Return what an exception means: unhealthy, with its type and what may be said of its text."""
    name = type(error).__name__
    text = told(str(error).strip().partition("\n")[0])
    return Finding("unhealthy", f"{name}: {text}"[:DETAIL] if text else name)


def told(text: str) -> str:
    """Return a text without addresses, accounts and secrets: drivers put all three into theirs."""
    from labotel.policy.scrubbing import scrub  # what only declares a check needs none of it

    text = _URL.sub("[address]", text[:2000])
    text = _PAIR.sub(lambda m: f"{m[1]}{m[2]}[hidden]", text)
    return scrub(text)[:DETAIL]
