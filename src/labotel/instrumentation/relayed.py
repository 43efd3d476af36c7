"""What one logging library hands on to another: each line is observed once."""

import threading
from collections.abc import Callable

from labotel.signals.records import Line


class _Here(threading.local):
    """What is under way on a thread."""

    by_logging = False
    """The standard library's handlers have a record that was observed."""
    by_loguru = False
    """loguru's handlers have a record, which labotel's own sink observes."""
    rendered: "Callable[[Line], Line] | None" = None
    """Gives the line that structlog is about to render as it was before that."""


here = _Here()
