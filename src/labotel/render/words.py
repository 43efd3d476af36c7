"""PromQL in words, as Prometheus 3.16 reads it: strings, comments, numbers, names, signs.

By its documentation ("Querying basics", "Operators"); `tests/stack/test_promql.py` asks it.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

LONGEST: Final = 2000
"""So many words an expression may have: its parser's time grows with their square."""
DEEPEST: Final = 100
"""So deep may its brackets, signs and powers be nested: its parser's stack grows with them."""
LISTS: Final = ("by", "without", "on", "ignoring", "group_left", "group_right")
"""The words that a list of labels stands behind."""

_WORD: Final = re.compile(
    r"""
      (?P<space>[ \t\r\n]+ | \#[^\r\n]*)
    | (?P<string>"(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | `[^`]*`)
    | (?P<number>0[xX]\w* | \.?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]+)?\w*)
    | (?P<name>[A-Za-z_:][A-Za-z0-9_:]*)
    | (?P<sign>=~ | !~ | == | != | <= | >= | </ | >/ | .)
    """,
    re.VERBOSE | re.ASCII,
)

_VARIABLE: Final = re.compile(r"\$\{?\w+\}?")


class Problems(Exception):
    """What is wrong with an expression, a line each."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        super().__init__("; ".join(lines))


class Word(NamedTuple):
    """A word: ``space`` (also a comment), ``string``, ``number``, ``name``, ``sign``; its text."""

    kind: str
    text: str

    def __str__(self) -> str:
        return self.text


def words(expression: str) -> Iterator[Word]:
    """Give the words; together they are the expression."""
    ranged, at = False, 0
    while match := _WORD.match(expression, at):
        kind, text = str(match.lastgroup), match[0]
        if ranged and kind == "name" and ":" in text:  # [1h:5m]: a name neither begins nor goes on
            text = text.partition(":")[0] or ":"
            kind = "sign" if text == ":" else "name"
        ranged = text == "[" or (ranged and text != "]")
        at += len(text)
        yield Word(kind, text)


def bare(expression: str) -> list[Word]:
    """Return the words without spaces and comments; Problems where there are too many."""
    if not isinstance(expression, str):
        raise Problems([f"{expression!r} is no text; allowed: PromQL"])
    variable = _VARIABLE.search(expression)
    found = [word for word in words(expression) if word.kind != "space"]
    if variable and Word("sign", "$") in found:
        known = "$__rate_interval, $__interval, $__range"
        raise Problems([f"nothing fills in {variable[0]}; allowed, in a panel: {known}"])
    if any(word.kind == "sign" and word.text in "\"'`" for word in found):
        raise Problems(["a string does not end"])
    if len(found) > LONGEST:
        raise Problems(
            [f"an expression of {len(found)} words; allowed: {LONGEST}, so record parts of it"]
        )
    depth = _depth(found)
    if depth > DEEPEST:
        raise Problems([f"an expression of {depth} parts in each other; allowed: {DEEPEST}"])
    return found


def _depth(found: list[Word]) -> int:
    """Return how deep brackets are nested, and signs and powers at their worst."""
    open_now = deepest = signs = most = powers = 0
    for word in found:
        if word.text in ("(", "["):
            open_now += 1
        elif word.text in (")", "]"):
            open_now -= 1
        signs = signs + 1 if word.text in ("+", "-") else 0
        powers += word.text == "^"
        deepest, most = max(deepest, open_now), max(most, signs)
    return deepest + most + powers
