"""What the people did, counted by themselves, and how it differs from what arrived."""

import threading
from collections.abc import Iterable, Mapping
from decimal import Decimal

from driver.clock import Span

Labels = frozenset[tuple[str, str]]
Number = int | Decimal


_lock = threading.Lock()  # one for all: a tally can be pickled


class Tally:
    """Numbers by metric and labels; a metric is always counted by the same labels.

    What was measured is kept: its values where they are known, else the bounds of their sum.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, dict[Labels, Number]] = {}
        self._values: dict[str, list[Number]] = {}
        self._notes: dict[str, int] = {}
        self._spans: dict[str, dict[Labels, Span]] = {}
        self._each: dict[str, list[Span]] = {}

    def add(self, metric: str, by: Number = 1, **labels: str) -> None:
        """Count one more, or so many."""
        key = frozenset(labels.items())
        with _lock:
            numbers = self._numbers.setdefault(metric, {})
            numbers[key] = numbers.get(key, 0) + by

    def measure(self, metric: str, value: Number, **labels: str) -> None:
        """Count one more measurement, and keep its value."""
        self.add(metric, **labels)
        with _lock:
            self._values.setdefault(metric, []).append(value)

    def lasted(self, metric: str, span: Span, **labels: str) -> None:
        """Count one more duration, and add its bounds to those of the sum."""
        self.add(metric, **labels)
        self.bound(metric, span, **labels)
        with _lock:
            self._each.setdefault(metric, []).append(span)

    def bound(self, metric: str, span: Span, **labels: str) -> None:
        """Add bounds to those of a metric's sum, for a duration that is counted elsewhere."""
        key = frozenset(labels.items())
        with _lock:
            spans = self._spans.setdefault(metric, {})
            spans[key] = spans.get(key, Span(0, 0)) + span

    def set(self, metric: str, number: Number, **labels: str) -> None:
        """Say how many there are."""
        with _lock:
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

    def note(self, what: str) -> None:
        """Count one more of something that is no metric, but that one can be compared with."""
        with _lock:
            self._notes[what] = self._notes.get(what, 0) + 1

    def noted(self, what: str) -> int:
        """Return how often something was noted."""
        return self._notes.get(what, 0)

    def values(self) -> dict[str, list[Number]]:
        """Return the values that were measured, by metric."""
        return dict(self._values)

    def spans(self) -> dict[str, dict[Labels, Span]]:
        """Return the bounds of the sums of durations, by metric and labels."""
        return dict(self._spans)

    def each(self, metric: str) -> list[Span]:
        """Return the bounds of each duration of a metric."""
        return list(self._each.get(metric, []))

    def sum_labels(self, metric: str) -> frozenset[str]:
        """Return the label names by which a metric's sums are known."""
        spans = self._spans.get(metric, {})
        return frozenset(name for labels in spans for name, _ in labels)

    def summed(self) -> Iterable[str]:
        """Return the names of what was measured."""
        return (*self._values, *self._spans)

    def sum_differences(self, metric: str, arrived: Mapping[Labels, float]) -> list[str]:
        """Return a line for each label set whose sum is not the one, or not within the bounds."""
        if metric in self._values:
            happened = sum(self._values[metric], start=0)
            there = sum(arrived.values())
            return [] if same(happened, there) else [_sums(metric, NONE, happened, there)]
        spans = self._spans[metric]
        lines = []
        for labels in sorted(spans.keys() | arrived.keys(), key=sorted):
            span, there = spans.get(labels, Span(0, 0)), arrived.get(labels, 0)
            if not span.least - ROUNDING <= there <= span.most + ROUNDING:
                between = f"between {span.least:.6g} and {span.most:.6g}"
                lines.append(_sums(metric, labels, between, there))
        return lines

    def differences(self, metric: str, arrived: Mapping[Labels, float]) -> list[str]:
        """Return a line for each label set whose number is not the one that arrived."""
        counted = self._numbers[metric]
        lines = []
        for labels in sorted(counted.keys() | arrived.keys(), key=sorted):
            here, there = counted.get(labels, 0), arrived.get(labels, 0)
            if not same(here, there):
                lines.append(f"{metric}{_shown(labels)}: {here} happened, {there:g} arrived")
        return lines


NONE: Labels = frozenset()

ROUNDING = 0.1
"""Seconds of the laboratory: its clocks differ in the last digits of the wall's."""


def same(here: Number, there: float) -> bool:
    """Tell whether two numbers are one: a sum of money on its way became a float."""
    return abs(float(here) - there) < 0.001


def _sums(metric: str, labels: Labels, happened: object, arrived: float) -> str:
    return f"{metric}{_shown(labels)}: a sum {happened} happened, {arrived:.6g} arrived"


def _shown(labels: Labels) -> str:
    inner = ", ".join(f'{name}="{value}"' for name, value in sorted(labels))
    return f"{{{inner}}}" if inner else ""
