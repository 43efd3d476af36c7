"""The laboratory's own time, which may run faster than the wall clock.

A protocol takes days; a demonstration takes seconds. All processes that share the two environment
variables share one time, and without them the laboratory lives in real time.
"""

import os
import time
from datetime import UTC, datetime, timedelta

START = float(os.environ.get("LAB_CLOCK_START", "0"))
SPEED = float(os.environ.get("LAB_CLOCK_SPEED", "1"))


def now() -> datetime:
    """Return the laboratory's time: real until the start, then `SPEED` times as fast."""
    passed = time.time() - START
    return datetime.fromtimestamp(START, UTC) + timedelta(seconds=passed * SPEED)
