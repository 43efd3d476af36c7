"""LogQL, judged as far as it names declarations: the events, and the fields that they have.

There is no parser of it: what is judged are ``event_name="…"`` and, of a query of certain events,
the labels that it adds up by. The rest the engine's tests ask.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from labotel.events.errors import nearest
from labotel.events.who import SERVICE
from labotel.render.declared import Said
from labotel.render.selection import VARIABLE

_EVENTS: Final = re.compile(r'event_name\s*=(~?)\s*"([^"]*)"')
_BY: Final = re.compile(r"\bby\s*\(([^)]*)\)")
_BESIDE: Final = frozenset(
    {*SERVICE, "event_name", "event", "level", "logger", "message", "severity_text", "timestamp",
     "trace_id", "span_id", "enduser_pseudo_id"}
)  # fmt: skip
"""What stands beside every line, and in it (docs/pipeline.md)."""
_COUNTS: Final = re.compile(r"\b(?:[a-z]+_over_time|rate|bytes_rate|rate_counter)\s*\(")
_TEXT: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|`[^`]*`")
_PLAIN: Final = re.compile(r"[\w.]+(?:\|[\w.]+)*")


def problems(expression: str, events: Mapping[str, Said]) -> Iterator[str]:
    """Give what a query names and no catalogue declares."""
    named: list[str] = []
    for pattern, value in _EVENTS.findall(expression):
        if pattern and not _PLAIN.fullmatch(value):
            return  # a pattern: which events it means is not known
        named += value.split("|") if pattern else [value]
    for name in named:
        if name and name not in events:
            yield f"no catalogue declares the event {name!r}{nearest(name, events)}"
    known = [events[name].fields for name in named if name in events]
    if not known:
        return
    fields = set.intersection(*map(set, known)) | _BESIDE
    for labels in _BY.findall(expression):
        for label in filter(None, map(str.strip, labels.split(","))):
            if label not in fields:
                yield f"{', '.join(named)} has no field {label!r}{nearest(label, fields)}"


def problems_of_rule(expression: str, events: Mapping[str, Said]) -> Iterator[str]:
    """Give also what a panel may ask and a rule may not: Loki would load no rule of the folder."""
    yield from problems(expression, events)
    if not _COUNTS.search(_TEXT.sub('""', expression)):
        yield "it selects lines and counts none; an alert is a number, as in count_over_time(…)"
    for match in VARIABLE.finditer(_TEXT.sub('""', expression)):
        yield f"{match[0]} is a variable of Grafana's, which Loki does not know; allowed: as in 5m"
