"""A thousand events in one test, and the questions that a test asks: the same for every side."""

from collections.abc import Callable
from typing import Final, TypeVar

from benchmarks.measured import Run, measure
from benchmarks.workload.completed import completed

T = TypeVar("T")

EVENTS: Final = 1_000
TESTS: Final = 40
CANINE: Final = EVENTS // 5


def run(
    prepared: Callable[..., T],
    say: Callable[[T], None],
    ask: Callable[[], tuple[int, int]],
    clear: Callable[[], None],
) -> None:
    """Measure tests of `EVENTS` events; `ask` gives the canine metric and the canine events."""
    items = [prepared(*values) for values in completed(EVENTS)]

    def test() -> None:
        clear()
        for item in items:
            say(item)
        found = ask()
        if found != (CANINE, CANINE):
            raise SystemExit(f"asked for {CANINE} canine events, found {found}")

    test()
    measure(Run(TESTS), lambda a, b: [test() for _ in range(a, b)], lambda: None, lambda: None)
