"""Events whose span was being written when they were said: they join it a little later.

A signal's handler that interrupts the SDK in the midst of a span must not wait for that span's
lock, which is held by what it interrupted.
"""

from collections import deque
from typing import Any, Final

from labotel.signals.spans import SpanEvent, add_event
from labotel.signals.tally import Tally

MOST: Final = 10_000
"""So many wait at most."""


class Late(deque[tuple[Any, SpanEvent]]):
    """The (span, event) pairs that wait."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(maxlen=MOST)
        self._tally = tally

    def catch_up(self) -> None:
        """Add the events to their spans; one whose span has ended by now is counted as lost."""
        for _ in range(len(self)):
            try:
                span, event = self.popleft()
            except IndexError:  # another thread caught up meanwhile
                return
            if not span.is_recording():
                self._tally.count("labotel_dropped_total", "traces", "span_ended")
            elif not add_event(span, event):
                self.append((span, event))
