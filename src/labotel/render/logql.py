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

_TOKENS: Final = re.compile(
    r"\bevent_name\s*=(~?)\s*(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`)"
    r"|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|#[^\n]*"
)
"""The matcher of an event, else a text or a comment: what stands in these names nothing."""
_MAKES: Final = re.compile(r"\|\s*(?:label_format|regexp|pattern|logfmt|unpack|json\s+\w+\s*[=,])")
"""A stage that makes labels of its own."""
_CLOSING: Final = {")": "(", "]": "[", "}": "{"}
_BY: Final = re.compile(r"\bby\s*\(([^)]*)\)")
_BESIDE: Final = frozenset(
    {*SERVICE, "event_name", "event", "level", "logger", "message", "severity_text", "timestamp",
     "trace_id", "span_id", "enduser_pseudo_id"}
)  # fmt: skip
"""What stands beside every line, and in it (docs/pipeline.md)."""
_COUNTS: Final = re.compile(r"\b(?:[a-z]+_over_time|rate|bytes_rate|rate_counter)\s*\(")
_PLAIN: Final = re.compile(r"[\w.]+(?:\|[\w.]+)*")


def problems(expression: str, events: Mapping[str, Said]) -> Iterator[str]:
    """Give what a query names and no catalogue declares."""
    named: list[str] = []
    matched = (match for match in _TOKENS.finditer(expression) if match[1] is not None)
    for pattern, value in ((match[1], match[2] or match[3] or "") for match in matched):
        if pattern and not _PLAIN.fullmatch(value):
            return  # a pattern: which events it means is not known
        named += value.split("|") if pattern else [value]
    for name in named:
        if name and name not in events:
            yield f"no catalogue declares the event {name!r}{nearest(name, events)}"
    known = [events[name].fields for name in named if name in events]
    bare = _bare(expression)
    if not known or bare.count("{") > 1 or _MAKES.search(bare):
        return  # what it adds up by may be of another selector, or of its own making
    fields = set.intersection(*map(set, known)) | _BESIDE
    for labels in _BY.findall(bare):
        for label in filter(None, map(str.strip, labels.split(","))):
            if label not in fields:
                yield f"{', '.join(named)} has no field {label!r}{nearest(label, fields)}"


def problems_of_rule(expression: str, events: Mapping[str, Said]) -> Iterator[str]:
    """Give also what a panel may ask and a rule may not: Loki would load no rule of the folder."""
    yield from problems(expression, events)
    bare = _bare(expression)
    yield from _unbalanced(bare)
    if not _COUNTS.search(bare):
        yield "it selects lines and counts none; an alert is a number, as in count_over_time(…)"
    for match in VARIABLE.finditer(bare):
        yield f"{match[0]} is a variable of Grafana's, which Loki does not know; allowed: as in 5m"


def _bare(expression: str) -> str:
    """Return a query without its texts and comments."""
    return _TOKENS.sub(lambda token: " " if token[0].startswith("#") else '""', expression)


def _unbalanced(bare: str) -> Iterator[str]:
    """Say which bracket nobody opened, or closed."""
    opened: list[str] = []
    for sign in bare:
        if sign in "([{":
            opened.append(sign)
        elif sign in _CLOSING and (not opened or opened.pop() != _CLOSING[sign]):
            yield f"it has a {sign!r} that closes nothing"
            return
    if opened:
        yield f"it has a {opened[-1]!r} that nothing closes"
