"""Requests: one event each; the request's span and its log lines tell the rest."""

from typing import Annotated, Literal

from labotel.events.buckets import BYTES, MILLISECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited, Unbounded

Method = Literal[
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "other"
]
"""The methods of RFC 9110, PATCH and QUERY; any other is `other`."""

UNMATCHED = "unmatched"
"""The `endpoint` of a request that no route matched: its path would be a series each."""

_BY = ("method", "endpoint", "status")
_OF = ("method", "endpoint")


class RequestServed(
    Event,
    name="http.server.request",
    instruments=(Counter("http_requests_total", by=_BY),),
    log=False,
    span=False,
):
    """A request was answered; `duration` is until the response was made.

    The sizes are those of the bodies in bytes; None where nobody knows before they are read.
    """

    method: Method
    endpoint: Annotated[str, Limited(500)]
    status: Annotated[str, Limited(60)]
    duration: Annotated[
        float, Histogram("http_request_duration_seconds", by=_BY, buckets=MILLISECONDS)
    ]
    request_size: Annotated[
        int | None, Histogram("http_request_size_bytes", by=_OF, buckets=BYTES)
    ] = None
    response_size: Annotated[
        int | None, Histogram("http_response_size_bytes", by=_OF, buckets=BYTES)
    ] = None


class RequestRaised(
    Event,
    name="http.server.exception",
    instruments=(Counter("http_exceptions_total", by=("endpoint", "exception_type")),),
    log=False,
    span=False,
):
    """The application raised what it did not handle: the answer is a 500, or none."""

    endpoint: Annotated[str, Limited(500)]
    exception_type: Annotated[str, Limited(50)]


class SlowRequest(
    Event, name="http.server.slow_request", severity="WARN", body="slow request", span=False
):
    """A request took longer than the setting `slow_request`: a log record alone, no series.

    `duration` is in milliseconds.
    """

    method: Method
    endpoint: Annotated[str, Limited(500)]
    status_code: Unbounded[int]
    duration: Unbounded[float]
    view: Unbounded[str | None] = None


class RequestLogged(Event, name="http.server.request.log", body="request", span=False):
    """A request was answered, as a log record: where the setting `request_log` asks for it.

    `duration` is in milliseconds; `path` is scrubbed; `error_type` is what a 5xx was made of.
    """

    method: Method
    path: Unbounded[str]
    endpoint: Annotated[str, Limited(500)]
    status_code: Unbounded[int]
    duration: Unbounded[float]
    view: Unbounded[str | None] = None
    error_type: Unbounded[str | None] = None


REQUESTS_IN_PROGRESS = Gauge(
    "http_requests_in_progress",
    by={"method": Method, "endpoint": Annotated[str, Limited(500)]},
    scope="process",
    description="Requests that have a route and no response yet.",
)

APP_INFO = Gauge(
    "app_info",
    by={"version": Annotated[str, Limited(20)], "environment": Annotated[str, Limited(20)]},
    scope="service",
    description="1, by the version and the environment of what runs.",
)

catalog = Catalog(
    "http",
    events=[RequestServed, RequestRaised, SlowRequest, RequestLogged],
    gauges=[REQUESTS_IN_PROGRESS, APP_INFO],
)
