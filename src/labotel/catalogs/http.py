"""Requests: one event each; the request's span and its log lines tell the rest."""

from typing import Annotated, Literal

from labotel.events.buckets import MILLISECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited

Method = Literal[
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "other"
]
"""The methods of RFC 9110, PATCH and QUERY; any other is `other`."""

UNMATCHED = "unmatched"
"""The `endpoint` of a request that no route matched: its path would be a series each."""

_BY = ("method", "endpoint", "status")


class RequestServed(
    Event,
    name="http.server.request",
    instruments=(Counter("http_requests_total", by=_BY),),
    log=False,
    span=False,
):
    """A request was answered; `duration` is until the response was made."""

    method: Method
    endpoint: Annotated[str, Limited(500)]
    status: Annotated[str, Limited(60)]
    duration: Annotated[
        float, Histogram("http_request_duration_seconds", by=_BY, buckets=MILLISECONDS)
    ]


REQUESTS_IN_PROGRESS = Gauge(
    "http_requests_in_progress",
    by={"method": Method, "endpoint": Annotated[str, Limited(500)]},
    scope="process",
    description="Requests that have a route and no response yet.",
)

catalog = Catalog("http", events=[RequestServed], gauges=[REQUESTS_IN_PROGRESS])
