"""What may be said of an SQL statement: its operation, its table, its shape; never a value."""

import re
from functools import lru_cache
from typing import Final, NamedTuple

SHAPE_LIMIT: Final = 1024
_CACHE: Final = 2048

_LITERALS: Final = re.compile(
    r"'(?:[^']|'')*'|(?<![\w$])\d+(?:\.\d+)?\b|\bx'[0-9a-f]*'|--[^\n]*|/\*.*?\*/",
    re.IGNORECASE | re.DOTALL,
)
_SPACE: Final = re.compile(r"\s+")
_LISTS: Final = re.compile(r"\(\s*(?:%s|\?)(?:\s*,\s*(?:%s|\?))+\s*\)")
_TABLE: Final = re.compile(
    r"\b(?:FROM|INTO|UPDATE|TABLE(?: IF (?:NOT )?EXISTS)?)\s+(?:ONLY\s+)?"
    r"(?:[\"`\[]?\w+[\"`\]]?\.)?[\"`\[]?(\w+)",
    re.IGNORECASE,
)
_OPERATIONS: Final = frozenset(
    "SELECT INSERT UPDATE DELETE CREATE ALTER DROP BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE "
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
