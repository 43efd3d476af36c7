"""What is compared: the sides of each case, the figures taken of them, and what is aimed at."""

from dataclasses import dataclass
from typing import Final

Command = tuple[str, ...]
"""A module of this package and its arguments."""


@dataclass(frozen=True)
class Figure:
    """One ratio: labotel's cost over the baseline's, both above `base` where there is one.

    `clock` is a field of `measured.Run`; `less` is one that is taken off it. A `difference` is
    taken off instead of divided by. `spread` is a side equal to `against`: a ratio that two equal
    sides show, too, is within the aim.
    """

    name: str
    aim: float | None
    clock: str = "process"
    ours: str = "labotel"
    against: str = "by hand"
    spread: str | None = None
    difference: bool = False
    base: str | None = None
    less: str | None = None


@dataclass(frozen=True)
class Case:
    """Sides that run in turn, each in a process of its own, and their figures."""

    name: str
    unit: str
    sides: dict[str, Command]
    figures: tuple[Figure, ...]
    rounds: int | None = None
    """How often each side runs, where that is not as asked for."""
    settle: bool = False
    """Each side runs once before, unmeasured: its files are read and compiled then."""


def _emit(per_span: int, threads: int = 1) -> Case:
    arguments = (str(per_span), str(threads))
    at_once = f", {threads} threads" if threads > 1 else ""
    return Case(
        f"emit, {per_span} a span{at_once}",
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


def _series(name: str, unit: str) -> Case:
    return Case(
        name,
        unit,
        {"by hand": ("by_hand.series", name), "labotel": ("with_labotel.series", name)},
        (Figure("whole process", None),),
    )


_AWAY: Final = ("dead", "hanging")


def _scrub(kind: str) -> Case:
    return Case(
        f"scrub, {kind}",
        "µs a text",
        {"by hand": ("by_hand.scrubbing", kind), "labotel": ("with_labotel.scrubbing", kind)},
        (Figure("against the same line as JSON", None, "thread"),),
    )


CASES: Final = (
    _emit(1),
    _emit(10),
    _emit(10, threads=4),
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
    _series("scrape", "ms a scrape of 10,000 series"),
    _series("export", "ms an export of 10,000 series"),
    _series("slot", "ms a writing and a reading of a slot of 10,000 series"),
    Case(
        "disk queue",
        "ms a request of 512 log records, written, read and removed",
        {"by hand": ("by_hand.disk",), "labotel": ("with_labotel.disk",)},
        (Figure("calling thread", None, "thread"),),
    ),
    Case(
        "latency",
        "ms, the 99th percentile of requests",
        {side: ("with_labotel.latency", side) for side in ("well", "well again", *_AWAY)},
        tuple(
            Figure(side, 1.05, "p99", side, against="well", spread="well again") for side in _AWAY
        ),
    ),
    Case(
        "memory",
        "MiB after 1,000,000 events",
        {side: ("with_labotel.memory", side) for side in ("well", "dead")},
        (Figure("dead, above well", 64, "memory", "dead", against="well", difference=True),),
        rounds=1,
    ),
    Case(
        "test double",
        "ms a test of 1,000 events",
        {"by hand": ("by_hand.recording",), "labotel": ("with_labotel.recording",)},
        (Figure("said and asked for", 1.0, "thread"),),
    ),
    _scrub("typical"),
    _scrub("personal"),
    _scrub("16 KB"),
    _start("start, bare interpreter"),
    _start("start, frameworks imported before", "frameworks"),
)
