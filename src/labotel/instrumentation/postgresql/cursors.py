"""Classes of cursors whose statements are observed, each below one of a driver's.

A connection that somebody above the driver uses (Django, SQLAlchemy) keeps the driver's classes.
"""

import time
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any, Final

from opentelemetry.context import attach, detach
from opentelemetry.trace import set_span_in_context

from labotel.instrumentation.statements import Statements

NAME: Final = "postgresql"
"""What a database is called that has no alias; its own name, host and user are no labels."""
_METHODS: Final = ("execute", "executemany", "callproc")


class Cursors:
    """Makes a class of observed cursors of each class that it is given, once."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._made: dict[type, type] = {}
        self.connected = False

    def of(self, kind: Any) -> Any:
        """Return the observed class; what is no class of cursors stays as it is."""
        if not isinstance(kind, type) or kind in self._made.values():
            return kind
        made = self._made.get(kind)
        if made is None:
            methods = {
                name: self._around(name, getattr(kind, name))
                for name in _METHODS
                if hasattr(kind, name)
            }
            told = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
            made = self._made[kind] = type(kind.__name__, (kind,), {**methods, **told})
        return made

    def _around(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            running = self._begin(cursor, query, name)
            if running is None:
                return original(cursor, query, *args, **kwargs)
            try:
                result = original(cursor, query, *args, **kwargs)
            except BaseException as error:
                running.end(error)
                raise
            running.end()
            return result

        async def call_async(cursor: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            running = self._begin(cursor, query, name)
            if running is None:
                return await original(cursor, query, *args, **kwargs)
            try:
                result = await original(cursor, query, *args, **kwargs)
            except BaseException as error:
                running.end(error)
                raise
            running.end()
            return result

        return call_async if iscoroutinefunction(original) else call

    def _begin(self, cursor: Any, query: Any, name: str) -> "Running | None":
        if not self.connected:
            return None
        try:
            sql = f"CALL {query}" if name == "callproc" else _text(query, cursor)
            begun = self._statements.begin(sql, NAME, NAME)
        except Exception as error:
            self._statements.fault("query", error)
            return None
        return None if begun is None else Running(self._statements, begun)


class Running:
    """A statement that is executed now: its span is the current one."""

    def __init__(self, statements: Statements, begun: Any) -> None:
        self._statements = statements
        self._begun = begun
        self._token = attach(set_span_in_context(begun[0]))
        self._started = time.perf_counter_ns()

    def end(self, error: BaseException | None = None) -> None:
        """Say that it is over."""
        took = (time.perf_counter_ns() - self._started) / 1e9
        detach(self._token)
        self._statements.end(self._begun, NAME, took, error)


def _text(query: Any, cursor: Any) -> str:
    """Return a statement as text: the drivers take bytes and composed ones, too."""
    if isinstance(query, str):
        return query
    if isinstance(query, (bytes, bytearray)):
        return bytes(query).decode("utf-8", "replace")
    return str(query.as_string(cursor)) if hasattr(query, "as_string") else ""
