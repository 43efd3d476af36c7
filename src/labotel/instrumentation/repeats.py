"""Statements of one shape that one request or task executes again and again.

Whoever observes a request or a task calls `begin` and, while its span is the current one, `end`;
whoever observes statements calls `note` for each.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final

from labotel.events.dispatch import tell
from labotel.policy.statements import Statement

SHAPES: Final = 100
"""How many different statements of one request or task are counted: the first ones."""
_KINDS: Final = frozenset({"select", "insert", "update", "delete", "with", "merge", "replace"})
"""Savepoints come with each row that is saved by itself, and each has a name of its own."""

Seen = dict[tuple[str, str], list[Any]]
"""By database and shape: how often, how long in s, and what it says of itself."""

_seen: ContextVar[Seen | None] = ContextVar("labotel_repeats", default=None)
_most: Callable[[], int] = lambda: 0  # noqa: E731  # what `provide` puts in its place


def provide(most: Callable[[], int] | None) -> None:
    """Let `most` give how often one shape may be executed; None, or 0: as often as it will."""
    global _most
    _most = most if most is not None else lambda: 0


def begin() -> Seen | None:
    """Count anew from here on; return what `end` puts in force again."""
    former = _seen.get()
    _seen.set({} if _most() > 0 else None)
    return former


def note(database: str, said: Statement, took: float) -> None:
    """Count a statement for the present request or task."""
    seen = _seen.get()
    if seen is None or said.operation not in _KINDS:
        return
    key = database, said.shape
    found = seen.get(key)
    if found is not None:
        found[0] += 1
        found[1] += took
    elif len(seen) < SHAPES:
        seen[key] = [1, took, said]


def end(former: Seen | None) -> None:
    """Say, in the current span, what was executed too often; count on as before `begin`."""
    seen = _seen.get()
    _seen.set(former)
    if not seen:
        return
    most = _most()
    # A thread or a task that goes on may still add.
    for (database, _), (count, took, said) in list(seen.items()):
        if count > most > 0:
            _say(database, said, count, took)


def _say(database: str, said: Statement, count: int, took: float) -> None:
    # Here alone: what observes tasks alone does not pay for the catalogue of databases.
    from labotel.catalogs.database import NO_TABLE, RepeatedQuery

    tell(
        RepeatedQuery(
            database=database,
            query_type=said.operation,
            table=said.table or NO_TABLE,
            count=count,
            duration=round(took * 1000, 3),
            statement=said.shape,
        )
    )
