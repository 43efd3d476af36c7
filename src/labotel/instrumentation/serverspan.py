"""What the span of a served request shows, by OpenTelemetry's conventions."""

import socket
from functools import lru_cache
from typing import Any, Final

from opentelemetry.trace import Span, Status, StatusCode

from labotel.catalogs.http import UNMATCHED
from labotel.events.fields import OTHER_LABEL
from labotel.policy.scrubbing import scrub
from labotel.signals.carried import Who, fields_of
from labotel.signals.records import Failure
from labotel.signals.spans import failed

PATH_LIMIT: Final = 1000


def write_outcome(
    span: Span,
    method: str,
    route: str,
    status: int,
    failure: Failure | None,
    view: str | None,
    who: Who,
) -> None:
    """Write on a span what became of its request, by OpenTelemetry's conventions."""
    fields: dict[str, Any] = {"http.response.status_code": status}
    if route != UNMATCHED:
        fields["http.route"] = route
        span.update_name(f"{method if method != OTHER_LABEL else 'HTTP'} {route}")
    if view is not None:
        fields["code.function.name"] = view
    if who is not None:
        fields |= fields_of(who)
    if failure is None and status >= 500:
        fields["error.type"] = str(status)
        span.set_status(Status(StatusCode.ERROR))
    span.set_attributes(fields)
    if failure is not None:
        failed(span, failure)


@lru_cache(maxsize=64)
def shown_server(name: str) -> str:
    """Return a server's name, unless it is the host's own, as `runserver` and uWSGI give it."""
    same = name.partition(".")[0].lower() == socket.gethostname().partition(".")[0].lower()
    return "[host]" if same else name


def shown_path(path: str) -> str:
    """Return a path to show; the request waits while it is scrubbed, so a long one is cut before.

    The segment in the cut goes: half a secret is known to no pattern.
    """
    if len(path) > PATH_LIMIT:
        path = path[:PATH_LIMIT].rpartition("/")[0]
    return scrub(path)[:200]
