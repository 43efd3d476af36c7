"""Queries: one event each, by what they do and to which table."""

from typing import Annotated

from labotel.events.buckets import MILLISECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Histogram
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


catalog = Catalog("database", events=[QueryExecuted])
