"""10,000 series: ten counters with a thousand label values each, the same for every side."""

from typing import Final

METRICS: Final = 10
VALUES: Final = 1_000
TIMES: Final = 20
"""How often the whole is scraped, exported or written in a run."""


def name(metric: int) -> str:
    """Return a counter's name."""
    return f"bench_seen{metric}_total"


def value(number: int) -> str:
    """Return a label's value."""
    return f"kind-{number:04d}"
