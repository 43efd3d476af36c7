"""What is compared: the sides of each case, the figures taken of them, and what is aimed at."""

from dataclasses import dataclass
from typing import Final

Command = tuple[str, ...]
"""A module of this package and its arguments."""


@dataclass(frozen=True)
class Figure:
    """One ratio: labotel's cost over the baseline's, both above `base` where there is one.

    `clock` is a field of `measured.Run`; `less` is one that is taken off it.
    """

    name: str
    aim: float | None
    clock: str = "process"
    ours: str = "labotel"
    base: str | None = None
    less: str | None = None


@dataclass(frozen=True)
class Case:
    """Sides that run in turn, each in a process of its own, and their figures."""

    name: str
    unit: str
    sides: dict[str, Command]
    figures: tuple[Figure, ...]
    settle: bool = False
    """Each side runs once before, unmeasured: its files are read and compiled then."""


def _emit(per_span: int) -> Case:
    arguments = (str(per_span),)
    return Case(
        f"emit, {per_span} a span",
        "µs an event",
        {"by hand": ("by_hand.emit", *arguments), "labotel": ("with_labotel.emit", *arguments)},
        (
            Figure("calling thread, its spans included", 0.10, "thread"),
            Figure("calling thread, emit alone", 0.10, "thread", less="without"),
            Figure("whole process", 0.50),
        ),
    )


def _start(name: str, *arguments: str) -> Case:
    return Case(
        name,
        "ms",
        {
            "by hand": ("by_hand.start", *arguments),
            "import": ("with_labotel.start_import", *arguments),
            "configure": ("with_labotel.start", *arguments),
        },
        (
            Figure("import", 0.25, ours="import"),
            Figure("import and configure", 1.2, ours="configure"),
        ),
        settle=True,
    )


CASES: Final = (
    _emit(1),
    _emit(10),
    Case(
        "request",
        "µs a request above bare",
        {
            "bare": ("bare.request",),
            "by hand": ("by_hand.request",),
            "labotel": ("with_labotel.request",),
        },
        (
            Figure("calling thread", 0.60, "thread", base="bare"),
            Figure("whole process", 0.60, base="bare"),
        ),
    ),
    Case(
        "test double",
        "ms a test of 1,000 events",
        {"by hand": ("by_hand.recording",), "labotel": ("with_labotel.recording",)},
        (Figure("said and asked for", 1.0, "thread"),),
    ),
    _start("start, bare interpreter"),
    _start("start, frameworks imported before", "frameworks"),
)
