"""What the people did, counted by themselves, and how it differs from what arrived."""

import threading
from collections.abc import Iterable, Mapping
from decimal import Decimal

Labels = frozenset[tuple[str, str]]
Number = int | Decimal


class Tally:
    """Numbers by metric and labels; a metric is always counted by the same labels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, dict[Labels, Number]] = {}
        self._sums: dict[str, Decimal] = {}

    def add(self, metric: str, by: Number = 1, **labels: str) -> None:
        """Count one more, or so many."""
        key = frozenset(labels.items())
        with self._lock:
            numbers = self._numbers.setdefault(metric, {})
            numbers[key] = numbers.get(key, 0) + by

    def measure(self, metric: str, value: Number, **labels: str) -> None:
        """Count one more measurement, and add its value to the metric's sum."""
        self.add(metric, **labels)
        with self._lock:
            self._sums[metric] = self._sums.get(metric, Decimal(0)) + value

    def set(self, metric: str, number: Number, **labels: str) -> None:
        """Say how many there are."""
        with self._lock:
            self._numbers.setdefault(metric, {})[frozenset(labels.items())] = number

    def metrics(self) -> Iterable[str]:
        """Return the names of what was counted."""
        return tuple(self._numbers)

    def total(self, metric: str) -> Number:
        """Return the number over all labels."""
        return sum(self._numbers.get(metric, {}).values(), start=0)

    def labels(self, metric: str) -> frozenset[str]:
        """Return the label names by which a metric was counted."""
        return frozenset(name for labels in self._numbers[metric] for name, _ in labels)

    def of(self, metric: str) -> dict[Labels, Number]:
        """Return a metric's numbers by their labels."""
        return dict(self._numbers.get(metric, {}))

    def sums(self) -> dict[str, Decimal]:
        """Return the sums of what was measured."""
        return dict(self._sums)

    def differences(self, metric: str, arrived: Mapping[Labels, float]) -> list[str]:
        """Return a line for each label set whose number is not the one that arrived."""
        counted = self._numbers[metric]
        lines = []
        for labels in sorted(counted.keys() | arrived.keys(), key=sorted):
            here, there = counted.get(labels, 0), arrived.get(labels, 0)
            if not same(here, there):
                lines.append(f"{metric}{_shown(labels)}: {here} happened, {there:g} arrived")
        return lines


def same(here: Number, there: float) -> bool:
    """Tell whether two numbers are one: a sum of money on its way became a float."""
    return abs(float(here) - there) < 0.001


def _shown(labels: Labels) -> str:
    inner = ", ".join(f'{name}="{value}"' for name, value in sorted(labels))
    return f"{{{inner}}}" if inner else ""
