"""What would open a closed page stands in the log, for who runs the application."""

import logging
import threading
import time
from typing import Final

logger = logging.getLogger("labotel")

HINT_EVERY: Final = 60.0
"""Seconds between two hints in one process: a scanner must not fill the log."""

_hinting = threading.Lock()
_hinted = -HINT_EVERY


def hint(page: str, key: str) -> None:
    """Say what opens a page, at most once a minute."""
    global _hinted
    # Who cannot have the lock leaves the hint to another; nobody waits, in a forked child neither.
    if not _hinting.acquire(blocking=False):
        return
    try:
        now = time.monotonic()
        if now - _hinted < HINT_EVERY:
            return
        _hinted = now
    finally:
        _hinting.release()
    try:
        logger.warning("labotel: /%s is closed to who asked: %s", page, key)
    except Exception:  # a filter or handler of the application's may raise
        pass
