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
    round, to show how far they lie apart.
    """

    ours: float
    hand: float
    ratios: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The ratio of the medians."""
        return self.ours / self.hand


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
    hand = [_cost(figure, each["by hand"]) for each in made]
    base = [_cost(figure, each[figure.base]) if figure.base else 0.0 for each in made]
    ratios = tuple((a - c) / (b - c) for a, b, c in zip(ours, hand, base, strict=True))
    best = min(run.pace for each in made for run in each.values())
    return Measured(
        best * (median(ours) - median(base)), best * (median(hand) - median(base)), ratios
    )


def _cost(figure: Figure, run: Run) -> float:
    """Return what one run cost a unit, in paces."""
    cost: float = getattr(run, figure.clock)
    if figure.less is not None:
        cost -= getattr(run, figure.less)
    return cost / (run.units * run.pace)
