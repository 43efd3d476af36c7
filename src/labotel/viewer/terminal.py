"""One line of a terminal: safe text, readable durations and numbers, and rich itself."""

from __future__ import annotations

import importlib.util
import math

from labotel.viewer.model import label_text

if importlib.util.find_spec("rich") is None:
    raise ImportError('the viewer draws with rich: pip install "labotel[viewer]"')

WIDTH = 100
SECOND = 1_000_000_000
# Each unit with the size from which on it is the one to read.
UNITS = (
    (86_400 * SECOND, "d"),
    (3_600 * SECOND, "h"),
    (60 * SECOND, "min"),
    (SECOND, "s"),
    (1_000_000, "ms"),
    (1_000, "µs"),
)


def one_line(value: object, limit: int) -> str:
    """A value on one line of at most `limit` characters, without control characters."""
    # Cut before the work: a log body may be a megabyte, and only its start is shown.
    words = " ".join(label_text(value)[: 4 * limit + 64].split())
    # What was received may carry escape sequences that would move the reader's cursor.
    shown = "".join(char if char.isprintable() else "·" for char in words)
    return shown if len(shown) <= limit else shown[: max(limit - 1, 0)].rstrip() + "…"


def tail(identity: str, limit: int = 8) -> str:
    """The end of an id: those of one service tend to start alike and to differ there."""
    return one_line(identity[-limit:].lstrip("-_.:/ "), limit)


def duration(nanoseconds: float) -> str:
    """A span of time in the unit that suits it, with three figures: `1.23 s`, `4.50 ms`."""
    for size, unit in UNITS:
        if abs(nanoseconds) >= size:
            return f"{_figures(nanoseconds / size)} {unit}"
    return f"{nanoseconds:.0f} ns" if nanoseconds else "0 s"


def number(value: float) -> str:
    """A number with thousands apart, and no more decimals than help."""
    size = abs(value)
    if not math.isfinite(size) or size >= 1e15:
        return f"{value:.3g}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.1f}" if size >= 100 else f"{value:.3g}"


def _figures(value: float) -> str:
    size = abs(value)
    return f"{value:.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
