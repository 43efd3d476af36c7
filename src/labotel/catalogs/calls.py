"""What an application asks of other servers: one event a request that it sends."""

from typing import Annotated, Literal

from labotel.catalogs.http import Method
from labotel.events.buckets import MILLISECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Histogram
from labotel.events.marks import Limited

Answer = Literal["1xx", "2xx", "3xx", "4xx", "5xx", "error", "cancelled", "other"]
"""The class of the status that came back; `error`: none came; `cancelled`: nobody waited for it."""


class RequestSent(Event, name="http.client.request", log=False, span=False):
    """A request was sent; `duration` is until the head of its answer was there.

    `server` is the host's name as the application wrote it, in small letters.
    """

    method: Method
    server: Annotated[str, Limited(50)]
    answer: Answer
    duration: Annotated[
        float,
        Histogram(
            "http_client_request_duration_seconds",
            by=("method", "server", "answer"),
            buckets=MILLISECONDS,
        ),
    ]


catalog = Catalog("calls", events=[RequestSent])
