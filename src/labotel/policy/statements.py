"""What may be said of an SQL statement: its operation, its table, its shape; never a value."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

SHAPE_LIMIT: Final = 1024
_CACHE: Final = 2048

_COMMENTS_AND_LITERALS: Final = re.compile(
    # A literal that the cut left open goes on to the end, and so does one with \\' in it: whether
    # that ends a literal is for each database to say.
    r"(?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?:\b[benx])?'(?:[^'\\]|''|\\[^'])*(?:'|\\.*|\Z)|\$(?:[a-z_]\w*)?\$.*?(?:\$\w*\$|\Z)"
    r"|(?<![\w$])(?:0x[0-9a-f]+|(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)\b",
    re.IGNORECASE | re.DOTALL,
)
_SPACE: Final = re.compile(r"\s+")
_LISTS: Final = re.compile(r"\(\s*(?:%s|\?)(?:\s*,\s*(?:%s|\?))+\s*\)")
_WORD: Final = re.compile(r"[\s(;]*(\w*)")
_TABLE: Final = re.compile(
    # EXTRACT(YEAR FROM moment) and its like name no table.
    r"\b(?:(?:EXTRACT|TRIM|SUBSTRING|OVERLAY)\s*\([^()]*?\bFROM\b|FROM|INTO|UPDATE|TABLE(?: IF (?:NOT )?EXISTS)?)\s+(?:ONLY\s+)?"
    r"(?:[\"`\[]?\w+[\"`\]]?\.){0,2}[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_OPERATIONS: Final = frozenset(
    "SELECT INSERT UPDATE DELETE CREATE ALTER DROP BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE "  # noqa: SIM905
    "PRAGMA SET SHOW EXPLAIN TRUNCATE COPY CALL MERGE REPLACE LOCK VACUUM ANALYZE WITH".split()
)


class Statement(NamedTuple):
    """A statement without its values: `operation` in lower case, `table` or "", the `shape`."""

    operation: str
    table: str
    shape: str


@lru_cache(maxsize=_CACHE)
def describe(sql: str) -> Statement:
    """Return what may be said of `sql`. Literals become ``?``, lists of places one place."""
    head = sql[: SHAPE_LIMIT * 4]
    shape = _SPACE.sub(" ", _LITERALS.sub("?", head)).strip()
    shape = _LISTS.sub("(…)", shape)[:SHAPE_LIMIT]
    word = shape.split(" ", 1)[0].strip("(;").upper()
    operation = word.lower() if word in _OPERATIONS else "other"
    match = _TABLE.search(shape)
    return Statement(operation, match.group(1).lower() if match else "", shape)
