"""What a test that fails says: what was asked for, what was recorded, and the nearest to it.

Personal values are shown: they are the test's own.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from labotel.events.event import Event
from labotel.events.marks import MISSING
from labotel.signals.cells import HistogramCell, Metric
from labotel.testing.matching import differing
from labotel.testing.recorded import Recorded
from labotel.testing.texts import value_text

SHOWN: Final = 5
"""Events that a message shows at most."""
NEAREST: Final = 3
"""Events like the missing one that a message shows at most."""
LISTED: Final = 20
"""Events that the report of a failed test lists at most."""
_NOTHING: Final = (
    "nothing at all was recorded: the code was not reached, or ran in another process, or waits "
    "for a commit (a Django TestCase rolls back: captureOnCommitCallbacks(execute=True))"
)


def asked(event: type[Event], wanted: dict[str, Any]) -> str:
    """Return what was asked for: `lab.x with a='b'`."""
    fields = ", ".join(f"{name}={value_text(value)}" for name, value in wanted.items())
    return f"{event._plan.name} with {fields}" if fields else event._plan.name


def event_text(event: Event) -> str:
    """Return an event as it was said, its personal values too."""
    pairs = zip(type(event)._fields, event._values, strict=True)
    shown = ", ".join(f"{name}={value_text(v)}" for name, v in pairs if v is not MISSING)
    return f"{type(event).__name__}({shown})"


def missing(event: type[Event], wanted: dict[str, Any], history: Sequence[Recorded]) -> str:
    """Return the message of an event that was not recorded."""
    said = f"no {asked(event, wanted)} was recorded"
    same = [r.event for r in history if type(r.event) is event]
    if not history:
        return f"{said}; {_NOTHING}"
    if not same:
        return f"{said}; recorded: {summary(history)}"
    differ = {id(one): differing(one, wanted) for one in same}
    near = sorted(same, key=lambda one: len(differ[id(one)]))[:NEAREST]
    lines = [f"{event_text(one)}   {_why(one, differ[id(one)])}" for one in near]
    rest = [r for r in history if type(r.event) is not event]
    return "\n".join(
        [f"{said}; nearest of {len(same)}:", *_indented(lines)]
        + ([f"also recorded: {summary(rest)}"] if rest else [])
    )


def too_many(event: type[Event], wanted: dict[str, Any], found: Sequence[Event], most: str) -> str:
    """Return the message of events that should not have been recorded."""
    said = f"{len(found)} {asked(event, wanted)} {'was' if len(found) == 1 else 'were'} recorded"
    lines = [event_text(one) for one in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"... and {len(found) - SHOWN} more")
    return "\n".join([f"{said}, {most}:", *_indented(lines)])


def summary(history: Iterable[Recorded]) -> str:
    """Return how many of each event were recorded, the most frequent first."""
    counts = Counter(type(r.event)._plan.name for r in history)
    parts = [f"{n} {name}" for name, n in counts.most_common(2 * SHOWN)]
    if len(counts) > 2 * SHOWN:
        parts.append(f"{len(counts) - 2 * SHOWN} other kinds")
    return ", ".join(parts) or "nothing"


def report(history: Sequence[Recorded], metrics: Iterable[Metric]) -> str:
    """Return what a test recorded: its newest events, and the series of its metrics."""
    if not history:
        return "nothing"
    lines = [event_text(r.event) for r in history[-LISTED:]]
    if len(history) > LISTED:
        lines.insert(0, f"{summary(history[:-LISTED])}, then:")
    series = [
        _series(metric, labels, cell)
        for metric in sorted(metrics, key=lambda m: m.name)
        for labels, cell in sorted(metric.cells.items())
    ]
    if len(series) > LISTED:
        series[LISTED:] = [f"... and {len(series) - LISTED} more series"]
    return "\n".join([*lines, *series])


def _series(metric: Metric, values: Sequence[str], cell: Any) -> str:
    pairs = zip(metric.labels, values, strict=True)
    labels = ", ".join(f'{label}="{value}"' for label, value in pairs)
    name = f"{metric.name}{{{labels}}}" if labels else metric.name
    if isinstance(cell, HistogramCell):
        return f"{name} {cell.count} (sum {cell.sum:g})"
    return f"{name} {cell.value}"


def forgotten(event: type[Event], dropped: int, limit: int) -> str:
    """Return the message of a question that cannot be answered any more."""
    return (
        f"only the last {limit} events are kept, and {dropped} {event._plan.name} are older: "
        "ask for their metrics, or clear() in between"
    )


def cut(limit: int, what: str) -> str:
    """Return the message of a question for everything, of which the oldest may be gone."""
    return f"only the last {limit} {what} are kept, and there may be older ones: clear() in between"


def _why(event: Event, names: Sequence[str]) -> str:
    plan = type(event)._plan
    return ", ".join(f"{name} is {value_text(event._values[plan.index[name]])}" for name in names)


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line}" for line in lines]
