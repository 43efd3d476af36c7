"""Redis, as its clients in the application see it: what was asked of it, and its connections."""

from typing import Annotated, Literal

from labotel.events.buckets import MILLISECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited


class RedisAsked(Event, name="redis.client.operation", log=False, span=False):
    """Redis was asked for something: `operation` is the command's name, or `pipeline`.

    A pipeline is measured as one, and each of its commands is counted; what waits in Redis until
    something is there is counted and not measured.
    """

    operation: Annotated[str, Limited(100)]
    status: Literal["success", "failure"]
    commands: Annotated[
        int | None, Counter("redis_client_operations_total", by=("operation", "status"))
    ]
    duration: Annotated[
        float | None,
        Histogram(
            "redis_client_operation_duration_seconds", by=("operation",), buckets=MILLISECONDS
        ),
    ]


REDIS_CONNECTIONS = Gauge(
    "redis_client_connections_current",
    by={"state": Literal["active", "idle"]},
    scope="process",
    description="Connections of the pools of Redis's clients: active in a command, else idle.",
)

catalog = Catalog("redis", events=[RedisAsked], gauges=[REDIS_CONNECTIONS])
