"""A span and an event for each statement of SQLAlchemy's engines, synchronous or not.

By SQLAlchemy's own events on the class of engines, which are the same from 1.4 on.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from labotel.catalogs.database import DATABASE_CONNECTIONS, POOL_OVERFLOW, POOL_SIZE
from labotel.instrumentation.connecting import connect
from labotel.instrumentation.sqlalchemy.pools import Pools, name_of
from labotel.instrumentation.statements import Statements
from labotel.instrumentation.supplies import Supplies
from labotel.instrumentation.wrapping import Wrapping

_BEGUN: Final = "_labotel_begun"
"""Where the context of an execution keeps what was begun."""


class EngineObserver:
    """Observes every engine, also those that are there already; `connect` and `disconnect` it."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements
        self._pools = Pools()
        self._supplies = Supplies()
        self._wrapping = Wrapping("Engine", "raw_connection", self._around)
        self._listening: list[tuple[Any, str, Any]] = []
        self._event: Any = None
        self.forget = self._pools.forget

    def connect(self, sqlalchemy: Any) -> None:
        """Observe the engines of `sqlalchemy`."""
        if self._listening:
            return
        from sqlalchemy import engine, event

        self._event = event
        for name, listener in (
            ("before_cursor_execute", self._before),
            ("after_cursor_execute", self._after),
            ("handle_error", self._failed),
        ):
            event.listen(engine.Engine, name, listener)
            self._listening.append((engine.Engine, name, listener))
        self._wrapping.connect(engine)
        self._supplies.share(DATABASE_CONNECTIONS, self._pools.connections)
        self._supplies.give(POOL_SIZE, self._pools.sizes)
        self._supplies.give(POOL_OVERFLOW, self._pools.overflows)

    def disconnect(self) -> None:
        """Observe nothing any more."""
        while self._listening:
            self._event.remove(*self._listening.pop())
        self._wrapping.disconnect()
        self._supplies.take_back()
        self.forget()

    def _before(
        self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        try:
            database = name_of(conn.engine)
            begun = self._statements.begin(statement, conn.dialect.name, database)
            if begun is not None and context is not None:
                setattr(context, _BEGUN, (begun, database, time.perf_counter_ns()))
        except Exception as error:
            self._statements.fault("query", error)

    def _after(
        self, conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        self._end(context, None)

    def _failed(self, failure: Any) -> None:
        self._end(failure.execution_context, failure.original_exception)

    def _end(self, context: Any, error: BaseException | None) -> None:
        ended = time.perf_counter_ns()
        try:
            found = None if context is None else context.__dict__.pop(_BEGUN, None)
            if found is not None:
                begun, database, started = found
                self._statements.end(begun, database, (ended - started) / 1e9, error)
        except Exception as fault:
            self._statements.fault("query", fault)

    def _around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Count what cannot be connected to, of the driver's errors or another kind."""
        pools, is_own_thread = self._pools, self._statements.is_own_thread

        @wraps(original)
        def raw_connection(engine: Any, *args: Any, **kwargs: Any) -> Any:
            pools.add(engine)
            return connect(
                lambda: original(engine, *args, **kwargs), lambda: name_of(engine), is_own_thread
            )

        return raw_connection
