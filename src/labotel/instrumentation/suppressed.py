"""Whether an instrumentation is to be silent here: by the keys of OpenTelemetry's packages."""

from typing import Final

from opentelemetry import context

_ALL: Final = "suppress_instrumentation"
# Private in the API, but what its own packages set around a client's call; None: there is no such.
_ALL_TOO: Final = getattr(context, "_SUPPRESS_INSTRUMENTATION_KEY", _ALL)
HTTP: Final[str | None] = getattr(context, "_SUPPRESS_HTTP_INSTRUMENTATION_KEY", None)


def suppressed() -> bool:
    """Tell whether nothing is to be observed here."""
    present = context.get_current()
    return bool(present.get(_ALL) or present.get(_ALL_TOO))


def http_suppressed() -> bool:
    """Tell whether no HTTP client is to be observed here: somebody else does already."""
    return suppressed() or bool(HTTP is not None and context.get_current().get(HTTP))
