"""A span and an event for each query, a log record for a slow one, and which connections are open.

Through Django's own `execute_wrapper` and its signal of a new connection.
"""

import time
from collections.abc import Callable
from typing import Any

from opentelemetry.context import attach, detach
from opentelemetry.trace import set_span_in_context

from labotel.catalogs.database import DATABASE_CONNECTIONS
from labotel.instrumentation.django.connections import OpenConnections
from labotel.instrumentation.django.handlers import databases, initialized
from labotel.instrumentation.statements import Statements
from labotel.instrumentation.supplies import Supplies
from labotel.signals.spans import failed, failure_of


class QueryObserver:
    """Observes every connection that Django opens; `connect` and `disconnect` it."""

    def __init__(self, statements: Statements) -> None:
        self._fault = statements.fault
        self._is_own_thread = statements.is_own_thread
        self._begin = statements.begin
        self._say = statements.say
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
        self._supplies.share(
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
        connection = context["connection"]
        alias = connection.alias
        begun = None if self._signal is None else self._begin(sql, connection.vendor, alias)
        if begun is None:
            return execute(sql, params, many, context)
        span, said = begun
        here = id(connection)
        self._busy[here] = None
        token = attach(set_span_in_context(span))
        started = time.perf_counter_ns()
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            failed(span, failure_of(error))
            raise
        finally:
            self._say(alias, said, (time.perf_counter_ns() - started) / 1e9)
            detach(token)
            span.end()
            self._busy.pop(here, None)
