"""Values in the double's messages: never too long, and printed whatever they do."""

from enum import Enum
from typing import Any, Final

_LONGEST: Final = 200


def value_repr(value: Any) -> str:
    """Return a value as it was given, for a message."""
    try:
        text = repr(value)
    except Exception:
        return f"<{type(value).__name__} that cannot be printed>"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def value_text(value: Any) -> str:
    """Return a value for a message; an enumeration's member as its text."""
    return value_repr(value.value if isinstance(value, Enum) else value)
