"""Runs the sides of a case in turn, and makes ratios of what they cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks import arrived, children
from benchmarks.cases import Case, Figure
from benchmarks.measured import Run

Round = dict[str, Run]
"""One run of each side, one straight after the other."""


@dataclass(frozen=True)
class Measured:
    """A figure over all rounds: the two sides' median costs in seconds a unit, above the base.

    The seconds are those of the machine at its best pace in this case. `ratios` has one for each
    round, to show how far they lie apart; `spread` is the largest that two equal sides showed.
    """

    ours: float
    hand: float
    ratios: tuple[float, ...]
    spread: float = 0.0
    difference: bool = False

    @property
    def ratio(self) -> float:
        """The ratio of the medians, or their difference."""
        return _over(self.ours, self.hand, self.difference)


def rounds(case: Case, number: int, endpoint: str, tell: Callable[[str], None]) -> list[Round]:
    """Run every side `number` times, A B A B …, with every count checked at the receiver."""
    if case.settle:
        for command in case.sides.values():
            children.run(command, endpoint)
    made: list[Round] = []
    for i in range(number):
        tell(f"{case.name}: round {i + 1} of {number}")
        made.append({side: _run(case, side, endpoint) for side in case.sides})
    return made


def _run(case: Case, side: str, endpoint: str) -> Run:
    arrived.clear(endpoint)
    run = children.run(case.sides[side], endpoint)
    arrived.check(run, endpoint, f"{case.name}, {side}")
    return run


def measured(figure: Figure, made: Sequence[Round]) -> Measured:
    """Return a figure's medians over all rounds, and each round's ratio."""
    ours = [_cost(figure, each[figure.ours]) for each in made]
    hand = [_cost(figure, each[figure.against]) for each in made]
    base = [_cost(figure, each[figure.base]) if figure.base else 0.0 for each in made]
    ratios = tuple(
        _over(a - c, b - c, figure.difference) for a, b, c in zip(ours, hand, base, strict=True)
    )
    spread = 0.0
    if figure.spread is not None:
        equal = [_cost(figure, each[figure.spread]) for each in made]
        spread = max(max(a / b, b / a) for a, b in zip(equal, hand, strict=True))
    best = min(run.pace for each in made for run in each.values()) if _paced(figure) else 1.0
    return Measured(
        best * (median(ours) - median(base)),
        best * (median(hand) - median(base)),
        ratios,
        spread,
        figure.difference,
    )


def _over(ours: float, hand: float, difference: bool) -> float:
    return ours - hand if difference else ours / hand


def _paced(figure: Figure) -> bool:
    """Tell whether a figure is of CPU or time, which the machine's pace changes."""
    return figure.clock != "memory"


def _cost(figure: Figure, run: Run) -> float:
    """Return what one run cost a unit, in paces; a percentile and a size are of no unit."""
    cost: float = getattr(run, figure.clock)
    if not _paced(figure):
        return cost
    if figure.clock == "p99":
        return cost / run.pace
    if figure.less is not None:
        cost -= getattr(run, figure.less)
    return cost / (run.units * run.pace)
