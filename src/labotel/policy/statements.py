"""What may be said of an SQL statement: its operation, its table, its shape; never a value."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from labotel.policy.scrubbing import scrub

SHAPE_LIMIT: Final = 1024
_CACHE: Final = 2048

_COMMENTS_AND_LITERALS: Final = re.compile(
    # A literal that the cut left open goes on to the end, and so does one that holds a quote after
    # a backslash: whether that ends the literal is for each database to say.
    r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))"
    # In double quotes stands a name, which looks like one; in MySQL a value may stand there, too.
    r'|(?P<name>"[a-z_]\w{0,62}")(?!")|"(?:[^"\\]|""|\\[^"])*(?:"|\\.*|\Z)'
    r"|(?:\b[benx])?'(?:[^'\\]|''|\\[^'])*(?:'|\\.*|\Z)|(?P<tag>\$(?:[a-z_]\w*)?\$).*?(?:(?P=tag)|\Z)"
    r"|(?<![\w$])(?:0x[0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)(?!\w)",
    re.IGNORECASE | re.DOTALL,
)
_SPACE: Final = re.compile(r"\s+")
_LISTS: Final = re.compile(r"\(\s*(?:%s|\?)(?:\s*,\s*(?:%s|\?))+\s*\)")
_WORD: Final = re.compile(r"[\s(;]*(\w*)")
_PARTS: Final = re.compile(
    r"\b(?:EXTRACT|TRIM|SUBSTRING|OVERLAY)\s*\([^()]*\bFROM\b", re.IGNORECASE
)
"""The FROM of EXTRACT(YEAR FROM moment) and its like names no table."""
_TABLE: Final = re.compile(
    r"\b(?:FROM|INTO|UPDATE|TABLE(?: IF (?:NOT )?EXISTS)?)\s+(?:ONLY\s+)?"
    r"(?:[\"`\[]?\w+[\"`\]]?\.){0,2}[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_OPERATIONS: Final = frozenset(
    "SELECT INSERT UPDATE DELETE CREATE ALTER DROP BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE "  # noqa: SIM905  # words
    "PRAGMA SET SHOW EXPLAIN TRUNCATE COPY CALL MERGE REPLACE LOCK VACUUM ANALYZE WITH".split()
)


class Statement(NamedTuple):
    """A statement without its values: `operation` in lower case, `table` or "", the `shape`."""

    operation: str
    table: str
    shape: str


def describe(sql: str) -> Statement:
    """Return what may be said of `sql`. Literals become ``?``, lists of places one place."""
    return _describe(sql[: SHAPE_LIMIT * 4])


@lru_cache(maxsize=_CACHE)
def _describe(head: str) -> Statement:
    shape = _SPACE.sub(" ", _COMMENTS_AND_LITERALS.sub(_without_value, head)).strip()
    shape = _LISTS.sub("(…)", shape)[:SHAPE_LIMIT]
    first = _WORD.match(shape)
    word = first.group(1).upper() if first else ""
    operation = word.lower() if word in _OPERATIONS else "other"
    match = _TABLE.search(_PARTS.sub("(", shape))
    table = match.group(1).lower() if match else ""
    return Statement(operation, table, scrub(shape))


def _without_value(match: re.Match[str]) -> str:
    if match.group("name") is not None:
        return match.group()
    return " " if match.group("comment") is not None else "?"
