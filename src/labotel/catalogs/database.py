"""The database: queries by what they do and to which table, slow ones, rows, connections."""

from typing import Annotated, Final, Literal

from labotel.events.buckets import MILLISECONDS
from labotel.events.catalog import Alert, Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited, Unbounded
from labotel.events.who import SERVICE_LABELS

NO_TABLE: Final = "none"
"""The label of a statement that names no table."""


class QueryExecuted(Event, name="db.client.operation", log=False, span=False):
    """A statement was executed.

    `database` is Django's alias of the connection, SQLAlchemy's `logging_name` of the engine where
    it has one, else the kind of database.
    """

    database: Annotated[str, Limited(20)]
    query_type: Annotated[str, Limited(20)]
    table: Annotated[str, Limited(200)]
    duration: Annotated[
        float,
        Histogram(
            "database_query_duration_seconds",
            by=("database", "query_type", "table"),
            buckets=MILLISECONDS,
        ),
    ]


class SlowQuery(Event, name="db.client.slow_query", severity="WARN", body="slow query", span=False):
    """A statement took longer than the setting `slow_query`: a log record alone, no series.

    `duration` is in milliseconds; `statement` is the statement's shape, never its values.
    """

    database: Annotated[str, Limited(20)]
    query_type: Annotated[str, Limited(20)]
    table: Annotated[str, Limited(200)]
    duration: Unbounded[float]
    statement: Unbounded[str]


class RepeatedQuery(
    Event,
    name="db.client.repeated_query",
    severity="WARN",
    body="repeated query",
    instruments=(Counter("database_repeated_queries_total", by=("database", "table")),),
):
    """A request or a task executed one shape of statement more often than `repeated_queries`.

    `count` is how often, `duration` how long all of them took, in milliseconds; `statement` is the
    shape, never its values.
    """

    database: Annotated[str, Limited(20)]
    query_type: Annotated[str, Limited(20)]
    table: Annotated[str, Limited(200)]
    count: Unbounded[int]
    duration: Unbounded[float]
    statement: Unbounded[str]


class ConnectionFailed(
    Event,
    name="db.client.connection_failed",
    log=False,
    instruments=(Counter("database_connection_errors_total", by=("database", "error_type")),),
):
    """A database could not be connected to, or a pool had no connection left in time."""

    database: Annotated[str, Limited(20)]
    error_type: Annotated[str, Limited(20)]


class ModelWritten(Event, name="db.model.written", log=False, span=False):
    """Rows were written through an ORM, also where the transaction is rolled back later.

    `model` is Django's label of the concrete model, as in 'lab.Protocol', or the name of a class
    that SQLAlchemy maps.
    """

    model: Annotated[str, Limited(200)]
    operation: Literal["insert", "update", "delete"]
    rows: Annotated[int, Counter("model_operations_total", by=("model", "operation"))]


DATABASE_CONNECTIONS = Gauge(
    "database_connections_current",
    by={"database": Annotated[str, Limited(20)], "state": Literal["active", "idle"]},
    scope="process",
    description="Connections that are open: active in a query or a transaction, else idle.",
)

MIGRATIONS_UNAPPLIED = Gauge(
    "django_migrations_unapplied",
    by={"database": Annotated[str, Limited(20)]},
    scope="service",
    description="Migrations of the application's code that a database does not have yet.",
)

POOL_SIZE = Gauge(
    "database_pool_size",
    by={"database": Annotated[str, Limited(20)]},
    scope="process",
    description="Connections that SQLAlchemy's pools keep open at most.",
)

POOL_OVERFLOW = Gauge(
    "database_pool_overflow",
    by={"database": Annotated[str, Limited(20)]},
    scope="process",
    description="Connections that are open beyond the size of SQLAlchemy's pools.",
)

_BY = f"{SERVICE_LABELS}, database, table"

catalog = Catalog(
    "database",
    events=[QueryExecuted, SlowQuery, RepeatedQuery, ConnectionFailed, ModelWritten],
    gauges=[DATABASE_CONNECTIONS, POOL_SIZE, POOL_OVERFLOW, MIGRATIONS_UNAPPLIED],
    alerts=[
        Alert(
            "SlowQueries",
            f"sum by ({_BY}) (rate(database_query_duration_seconds_count[5m]))\n-\n"
            f'sum by ({_BY}) (rate(database_query_duration_seconds_bucket{{le="1"}}[5m]))\n> 0.1',
            "warning",
            "{{ $labels.service_name }}: {{ $value | humanize }} queries of {{ $labels.table }} a"
            " second take over 1 s",
            for_="10m",
        ),
    ],
)
