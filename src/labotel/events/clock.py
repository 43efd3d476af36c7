"""The clocks of what is said: the system's, until a test stands its own in their place.

Both count nanoseconds: `now` since 1970, `ticks` from anywhere, and it is never set back.
"""

from collections.abc import Callable
from time import perf_counter_ns, time_ns

Clock = Callable[[], int]

now: Clock = time_ns
"""When something happens; a pipeline takes its own when it is made."""
ticks: Clock = perf_counter_ns
"""How long something takes: two readings of one of these, subtracted."""


def count_by(other: Clock | None) -> None:
    """Let durations be measured by another clock from now on; None: by the system's."""
    global ticks
    ticks = perf_counter_ns if other is None else other
