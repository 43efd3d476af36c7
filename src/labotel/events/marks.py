"""The marks of a field's annotation: where its value may go.

``Personal[T]`` and ``Unbounded[T]`` are ``Annotated`` aliases, so that a type checker sees plain
``T``; ``Limited(50)`` stands inside ``Annotated[str, Limited(50)]``.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Annotated, Any, Final, TypeVar

from labotel.events.errors import DeclarationError

T = TypeVar("T")


class Mark(Enum):
    """Why a field can never be a label."""

    PERSONAL = "personal"
    UNBOUNDED = "unbounded"


Personal = Annotated[T, Mark.PERSONAL]
"""A value about a person: leaves as a keyed pseudonym in logs and spans, never as a label."""

Unbounded = Annotated[T, Mark.UNBOUNDED]
"""A value without a bound (an id, a number): goes to logs and spans as it is, never to a label."""


class Pseudonymous(str):
    """Who, as it may leave: a pseudonym that was made before, or a word such as ``system``.

    A personal field says it as it is, where any other value becomes a pseudonym.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Limited:
    """At most `most` different values in each slot, first come; every later one is ``other``."""

    most: int

    def __post_init__(self) -> None:
        if not isinstance(self.most, int) or self.most < 1:
            raise DeclarationError(f"Limited({self.most!r}): give a number of values, 1 or more")


class Missing:
    """The class of the two sentinels, so that one look at a value's class finds either."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


MISSING: Final[Any] = Missing("<missing>")
"""What a field holds that was not given."""

MEASURED: Final[Any] = Missing("MEASURED")
"""The default of a field that `timed` fills in (typed as any value, as a default must be)."""


class Outcome(StrEnum):
    """How a timed piece of work ended."""

    SUCCESS = "success"
    FAILURE = "failure"
