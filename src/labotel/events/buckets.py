"""Bucket bounds that fit what is measured: upper bounds in seconds or bytes, `le` inclusive."""

from typing import Final

MILLISECONDS: Final = (
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
)  # fmt: skip
"""1 ms to 10 s: requests and queries."""

SECONDS: Final = (0.01, 0.05, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
"""10 ms to 5 min: tasks, e-mails, renderings."""

MINUTES: Final = (10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0)
"""10 s to 4 h: sessions, work at a bench."""

HOURS_TO_DAYS: Final = (
    3600.0, 7200.0, 14400.0, 28800.0, 43200.0, 86400.0, 172800.0, 259200.0, 432000.0, 604800.0,
    1209600.0, 2592000.0,
)  # fmt: skip
"""1 h to 30 d: a case from its submission to its completion."""

BYTES: Final = (100.0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8)
"""100 B to 100 MB: bodies of requests and responses."""
