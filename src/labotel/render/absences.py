"""What was there is remembered for a week, in one series for each thing.

Asking a week of raw series at each evaluation would cost Prometheus millions of points. Instead a
recording rule says when a thing was last there, and goes on saying so from what it said before.
"""

import re
from typing import Final

from labotel.events.catalog import Absence
from labotel.render.rule import Rule

_WEEK: Final = 7 * 24 * 3600
_AWAY: Final = "1d"
"""So long Prometheus may be away itself, and still know what it said before."""


def remembered(absence: Absence) -> str:
    """Return the series that says when each was last there, in s since 1970."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", absence.name).lower()
    return f"seen:{words}:timestamp_seconds"


def record(absence: Absence) -> Rule:
    """Return the rule that remembers."""
    name = remembered(absence)
    return Rule(
        name,
        f"time() + 0 * {_each(absence, absence.asks)}\nor\n"
        f"last_over_time({name}[{_AWAY}]) > time() - {_WEEK}",
    )


def expression(absence: Absence) -> str:
    """Return what the alert asks: who is remembered, and not here."""
    here = _each(absence, absence.here or absence.asks)
    return f"time() - {remembered(absence)}\nunless\n{here}"


def _each(absence: Absence, of: str) -> str:
    end = "\n" if "#" in of else ""  # a comment would swallow the bracket
    return f"group by ({', '.join(absence.by)}) ({of}{end})"
