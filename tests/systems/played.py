"""What an application did, by the count of those who did it, and what Prometheus had of it."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from metrics_page import Labels, Page
from stack.loki import Line
from stack.panels import STEP
from systems.application import Application
from systems.pipeline import Pipeline

SETTLES_WITHIN = 60.0


@dataclass
class Tally:
    """What was done: numbers by metric and labels."""

    counted: dict[str, Counter[Labels]] = field(default_factory=dict)

    def add(self, metric: str, count: float = 1, **labels: str) -> None:
        """Count something that was done."""
        numbers = self.counted.setdefault(metric, Counter())
        numbers[frozenset(labels.items())] += count  # type: ignore[assignment]  # money, too

    def differences(self, page: Page) -> Iterator[str]:
        """Give a line for each number that is not on the page."""
        for metric, expected in self.counted.items():
            by = frozenset(label for labels in expected for label, _ in labels)
            found = page.numbers(metric, by)
            wanted = {labels: float(count) for labels, count in expected.items() if count}
            if found != wanted:
                yield f"{metric}: {_shown(found)} and not {_shown(wanted)}"


def _shown(numbers: dict[Labels, float]) -> str:
    parts = sorted(f"{dict(sorted(labels))}={value:g}" for labels, value in numbers.items())
    return ", ".join(parts) or "nothing"


@dataclass
class Played:
    """A run of an application, when all of it was over."""

    pipeline: Pipeline
    application: Application
    tally: Tally
    since: float
    """When it began (seconds since 1970)."""
    until: float = 0.0
    """When Prometheus had all of it."""
    page: Page = field(default_factory=lambda: Page({}))
    """Prometheus at that moment."""

    def settle(self, true: Callable[[Page], bool] = lambda _: True) -> None:
        """Wait until Prometheus has what was counted; the tests say what it never got."""
        end = time.monotonic() + SETTLES_WITHIN
        while True:
            self.until = time.time()
            self.page = self.pipeline.metrics().page(self.until, self.application.name)
            if not list(self.tally.differences(self.page)) and true(self.page):
                break
            if time.monotonic() > end:
                break
            time.sleep(0.5)
        # What is recorded by rules follows what they look at, and panels have points of their own.
        time.sleep(2 * STEP)
        self.until = time.time()
        self.page = self.pipeline.metrics().page(self.until, self.application.name)

    def lines(self, query: str) -> list[Line]:
        """Return the lines of the run that a LogQL query selects."""
        return self.pipeline.logs(self.since).lines(query, time.time())
