"""Log lines to scrub, or to write as JSON: the same for both sides."""

from collections.abc import Callable
from typing import Final

from benchmarks.measured import Run, measure

LINES: Final = {
    "typical": "protocol HP-2026-0123 moved from received to processing by worker 3 in 0.042 s",
    "personal": "report 88 sent to jane.doe@example.com (+1 555 123 4567) from 192.0.2.17, "
    "token=abcdef123456",
    "16 KB": "2026-11-22 19:23:45,123 INFO lab.views: protocol 9 of canine at /protocols/12/\n"
    * 205,
}
"""A line without and with personal data, and a text as long as is looked at."""
UNITS: Final = {"typical": 20_000, "personal": 20_000, "16 KB": 120}


def run(kind: str, act: Callable[[str], object]) -> None:
    """Measure what is done with a line of this kind."""
    line = LINES[kind]

    def work(first: int, last: int) -> None:
        for _ in range(first, last):
            act(line)

    work(0, 20)
    measure(Run(UNITS[kind]), work, lambda: None, lambda: None)
