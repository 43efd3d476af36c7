"""What the people did, counted by themselves, and how it differs from what arrived."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

Labels = frozenset[tuple[str, str]]


class Tally:
    """Counts by metric and labels; a metric is always counted by the same labels."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[Labels]] = {}

    def add(self, metric: str, **labels: str) -> None:
        """Count one more."""
        with self._lock:
            self._counts.setdefault(metric, Counter())[frozenset(labels.items())] += 1

    def set(self, metric: str, number: int, **labels: str) -> None:
        """Say how many there are."""
        with self._lock:
            self._counts.setdefault(metric, Counter())[frozenset(labels.items())] = number

    def metrics(self) -> Iterable[str]:
        """Return the names of what was counted."""
        return tuple(self._counts)

    def total(self, metric: str) -> int:
        """Return the count over all labels."""
        return self._counts.get(metric, Counter()).total()

    def labels(self, metric: str) -> frozenset[str]:
        """Return the label names by which a metric was counted."""
        return frozenset(name for labels in self._counts[metric] for name, _ in labels)

    def differences(self, metric: str, arrived: Mapping[Labels, float]) -> list[str]:
        """Return a line for each label set whose number is not the one that arrived."""
        counted = self._counts[metric]
        lines = []
        for labels in sorted(counted.keys() | arrived.keys(), key=sorted):
            here, there = counted.get(labels, 0), arrived.get(labels, 0)
            if here != there:
                lines.append(f"{metric}{_shown(labels)}: {here} happened, {there:g} arrived")
        return lines


def _shown(labels: Labels) -> str:
    inner = ", ".join(f'{name}="{value}"' for name, value in sorted(labels))
    return f"{{{inner}}}" if inner else ""
