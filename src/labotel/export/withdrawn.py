"""Series of the moment that have ended: said to the receiver, which would show them on.

Prometheus keeps a series for five minutes after its last point. A gauge whose label set vanished,
whose process ended or which another process reads now would be added to what is true; a point
flagged "no recorded value" ends it at once (OpenTelemetry's metrics data model, "No recorded
value"; Prometheus writes it as a stale marker).
"""

from collections.abc import Iterable
from typing import Final

from labotel.export.wire_metrics import ended
from labotel.signals.cells import Labels, Metric

MOMENTARY: Final = ("gauge", "updowncounter")
"""The kinds that say how much there is now; the others say how much there was in all."""


class Held:
    """The momentary series that the receiver holds of one process."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Metric, frozenset[Labels]]] = {}
        self._offered = self._held

    def ended(self, metrics: Iterable[Metric], now: int) -> list[bytes]:
        """Return Metric messages that end the series which are held and not among `metrics`."""
        self._offered = {
            m.name: (m, frozenset(m.cells)) for m in metrics if m.kind in MOMENTARY and m.cells
        }
        messages = []
        for name, (metric, labels) in self._held.items():
            _, still = self._offered.get(name, (metric, frozenset()))
            if labels - still:
                messages.append(ended(metric, sorted(labels - still, key=str), now))
        return messages

    def taken(self) -> None:
        """Note that the receiver took what was offered last."""
        self._held = self._offered
