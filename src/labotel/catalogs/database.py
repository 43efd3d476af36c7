"""The database: queries, by what they do and to which table; rows written; connections held."""

from typing import Annotated, Literal

from labotel.events.buckets import MILLISECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited


class QueryExecuted(Event, name="db.client.operation", log=False, span=False):
    """A statement was executed; `database` is the connection's alias."""

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


class ModelWritten(Event, name="db.model.written", log=False, span=False):
    """Rows were written through Django's ORM, also where the transaction is rolled back later.

    `model` is Django's label of the concrete model, as in 'lab.Protocol'.
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

catalog = Catalog("database", events=[QueryExecuted, ModelWritten], gauges=[DATABASE_CONNECTIONS])
