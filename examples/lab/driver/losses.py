"""What labotel, by its own metrics, dropped, refused or replaced."""

from collections import Counter

from labotel.viewer.model import label_text
from labotel.viewer.store import Store

_WORDS = ("rejected", "replaced", "refused", "overflow", "dropped", "failures", "faults")


def losses(store: Store) -> list[str]:
    """Return a line for each kind of loss that happened, over all processes."""
    counts: Counter[str] = Counter()
    for point in store.totals:
        if point.name.startswith("labotel_") and any(word in point.name for word in _WORDS):
            labels = ", ".join(label_text(value) for value in point.attributes.values())
            counts[f"{point.name} ({labels})"] += int(point.value or 0)
    lines = [f"{what}: {number}" for what, number in sorted(counts.items()) if number]
    forgotten = ((what, number) for what, number in store.dropped.items() if number)
    return [*lines, *(f"{what} that the receiver forgot: {number}" for what, number in forgotten)]
