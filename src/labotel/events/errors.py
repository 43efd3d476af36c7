"""The errors of a declaration and an event: each names the thing, the value, what is allowed."""

from collections.abc import Iterable
from difflib import get_close_matches


class DeclarationError(TypeError):
    """An event, instrument or catalogue is declared in a way that cannot be served."""


class EventError(ValueError):
    """An event has a wrong or missing field or value (raised by `emit` under ``strict``)."""


class ConfigurationError(ValueError):
    """Settings that are wrong: one line for each, with what is allowed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "".join(f"\n  - {problem}" for problem in problems)
        super().__init__(f"labotel's settings are wrong:{lines}")


def check_texts(owner: str, **texts: object) -> None:
    """Refuse what is no text, or none that can be written as UTF-8: DeclarationError."""
    for name, text in texts.items():
        try:
            fine = isinstance(text, str) and isinstance(text.encode(), bytes)
        except UnicodeEncodeError:
            fine = False
        if not fine:
            raise DeclarationError(f"{owner}: {name}={text!r}; allowed: a text that UTF-8 can hold")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'x'?)`` for the known name most like `name`, or nothing."""
    match = get_close_matches(name, list(known), n=1)
    return f" (did you mean {match[0]!r}?)" if match else ""
