"""A statement that is executed: its span, its event, and what is said of it where it took long.

What runs it (Django, SQLAlchemy, a driver) calls `begin` before and `say` after.
"""

from collections.abc import Callable
from typing import Any, Final

from opentelemetry.context import attach, detach
from opentelemetry.trace import Span, SpanKind, Tracer, set_span_in_context

from labotel.catalogs.database import NO_TABLE, QueryExecuted, SlowQuery
from labotel.events.dispatch import tell
from labotel.instrumentation.repeats import note
from labotel.policy.statements import Statement, describe
from labotel.signals.spans import failed, failure_of

SYSTEMS: Final = {"postgresql": "postgresql", "mysql": "mysql", "sqlite": "sqlite",
                  "oracle": "oracle.db", "microsoft": "microsoft.sql_server",
                  "mssql": "microsoft.sql_server"}  # fmt: skip
"""What Django and SQLAlchemy call a database -> db.system.name of OpenTelemetry's conventions."""

Begun = tuple[Span, Statement]


class Statements:
    """Observes statements, whoever runs them; `slow_after` gives from how many s one is slow."""

    def __init__(
        self,
        tracer: Tracer,
        is_own_thread: Callable[[], bool],
        fault: Callable[[str, BaseException], None],
        slow_after: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.fault = fault
        self.is_own_thread = is_own_thread
        self._slow_after = slow_after
        self._tracer = tracer

    def begin(self, sql: Any, system: str, database: str) -> Begun | None:
        """Return a statement's span and what may be said of it; None where it is not observed."""
        try:
            if self.is_own_thread():
                return None
            said = describe(sql if isinstance(sql, str) else str(sql))
            operation = said.operation.upper()
            span = self._tracer.start_span(
                f"{operation} {said.table}" if said.table else operation,
                kind=SpanKind.CLIENT,
                attributes={
                    "db.system.name": SYSTEMS.get(system, system),
                    "db.namespace": database,
                    "db.operation.name": operation,
                    "db.collection.name": said.table,
                    "db.query.text": said.shape,
                },
            )
        except Exception as error:
            self.fault("query", error)
            return None
        return span, said

    def say(self, database: str, said: Statement, took: float) -> None:
        """Say that a statement was executed, in its span, and what it was where that took long."""
        kind, table = said.operation, said.table or NO_TABLE
        tell(QueryExecuted(database=database, query_type=kind, table=table, duration=took))
        note(database, said, took)
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

    def end(
        self, begun: Begun, database: str, took: float, error: BaseException | None = None
    ) -> None:
        """Say it, and end the span, where the span is not the current one."""
        span, said = begun
        token = attach(set_span_in_context(span))
        try:
            if error is not None:
                failed(span, failure_of(error))
            self.say(database, said, took)
        except Exception as fault:
            self.fault("query", fault)
        finally:
            detach(token)
            span.end()
