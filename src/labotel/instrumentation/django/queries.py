"""A span and an event for each query, a log record for a slow one, and which connections are open.

Through Django's own `execute_wrapper` and its signal of a new connection.
"""

import time
from collections.abc import Callable
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Tracer

from labotel.catalogs.database import DATABASE_CONNECTIONS, QueryExecuted, SlowQuery
from labotel.events.dispatch import tell
from labotel.instrumentation.django.connections import OpenConnections
from labotel.instrumentation.django.handlers import databases, initialized
from labotel.instrumentation.supplies import Supplies
from labotel.policy.statements import Statement, describe
from labotel.signals.spans import failed, failure_of

# Django's vendor -> db.system.name of OpenTelemetry's semantic conventions.
_SYSTEMS: Final = {"postgresql": "postgresql", "mysql": "mysql", "sqlite": "sqlite",
                   "oracle": "oracle.db", "microsoft": "microsoft.sql_server"}  # fmt: skip
_NO_TABLE: Final = "none"


class QueryObserver:
    """Observes every connection that Django opens; `connect` and `disconnect` it.

    `slow_after` gives the seconds from which a query is slow; 0: none is.
    """

    def __init__(
        self,
        tracer: Tracer,
        is_own_thread: Callable[[], bool],
        fault: Callable[[str, BaseException], None],
        slow_after: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._fault = fault
        self._slow_after = slow_after
        self._tracer = tracer
        self._is_own_thread = is_own_thread
        self._connections: Any = None
        self._signal: Any = None
        self._open = OpenConnections()
        self._busy = self._open.busy
        self._supplies = Supplies()
        self.forget = self._open.forget

    def connect(self, backends: Any) -> None:
        """Observe the connections that are open in this thread and all that open later."""
        from django.db import connections
        from django.db.backends.signals import connection_created

        self._connections, self._signal = connections, connection_created
        self._signal.connect(self._opened, weak=False, dispatch_uid="labotel")
        for connection in initialized(connections).values():
            self._opened(connection=connection)
        self._supplies.give(
            DATABASE_CONNECTIONS, lambda: self._open.read(databases(self._connections))
        )

    def disconnect(self) -> None:
        """Observe nothing any more."""
        if self._signal is None:
            return
        self._signal.disconnect(self._opened, dispatch_uid="labotel")
        for connection in initialized(self._connections).values():
            if self._execute in connection.execute_wrappers:
                connection.execute_wrappers.remove(self._execute)
        self._supplies.take_back()
        self.forget()
        self._signal = None

    def give_back(self) -> None:
        """Close this thread's connections: a supplier of gauges on labotel's thread opened them."""
        if self._connections is not None:
            for connection in initialized(self._connections).values():
                connection.close()

    def _opened(self, connection: Any, **kwargs: Any) -> None:
        try:
            if self._execute not in connection.execute_wrappers:
                # Not last: `execute_wrapper()` takes the last one away at its end, and where the
                # connection was opened within, that must be its own.
                connection.execute_wrappers.insert(0, self._execute)
            if not self._is_own_thread():
                self._open.add(connection)
        except Exception as error:
            self._fault("connection", error)

    def _execute(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        begun = None if self._signal is None or self._is_own_thread() else self._begin(sql, context)
        if begun is None:
            return execute(sql, params, many, context)
        span, said = begun
        here = id(context["connection"])
        self._busy[here] = None
        started = time.perf_counter_ns()
        with trace.use_span(span, record_exception=False, set_status_on_exception=False):
            try:
                return execute(sql, params, many, context)
            except Exception as error:
                failed(span, failure_of(error))
                raise
            finally:
                self._say(
                    context["connection"].alias, said, (time.perf_counter_ns() - started) / 1e9
                )
                span.end()
                self._busy.pop(here, None)

    def _say(self, database: str, said: Statement, took: float) -> None:
        """Say that a statement was executed, and what it was where that took long."""
        kind, table = said.operation, said.table or _NO_TABLE
        tell(QueryExecuted(database=database, query_type=kind, table=table, duration=took))
        if 0 < self._slow_after() < took:
            tell(
                SlowQuery(
                    database=database,
                    query_type=kind,
                    table=table,
                    duration=round(took * 1000, 3),
                    statement=said.shape,
                )
            )

    def _begin(self, sql: Any, context: Any) -> tuple[Span, Statement] | None:
        try:
            connection = context["connection"]
            said = describe(sql if isinstance(sql, str) else str(sql))
            operation = said.operation.upper()
            span = self._tracer.start_span(
                f"{operation} {said.table}" if said.table else operation,
                kind=SpanKind.CLIENT,
                attributes={
                    "db.system.name": _SYSTEMS.get(connection.vendor, connection.vendor),
                    "db.namespace": connection.alias,
                    "db.operation.name": operation,
                    "db.collection.name": said.table,
                    "db.query.text": said.shape,
                },
            )
        except Exception as error:
            self._fault("query", error)
            return None
        return span, said
