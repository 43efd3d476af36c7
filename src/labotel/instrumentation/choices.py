"""What was chosen of served requests, read once from the settings and not for each request."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, Self

from opentelemetry.trace import Span

Values = Callable[[], Mapping[str, Any]]
"""Gives the settings in force: the same mapping as long as they are the same."""


def nothing_chosen() -> Mapping[str, Any]:
    """Return settings that ask for nothing."""
    return _NOTHING


_NOTHING: Mapping[str, Any] = {}


class Choices(NamedTuple):
    """The settings of requests."""

    slow: float
    """From so many s on a request is slow; 0: none is."""
    log: bool
    """Whether each request is a log record."""
    by_view: bool
    """Whether `endpoint` is the view's name, and not the route."""
    headers: tuple[str, ...]
    """What responses say of their requests, in lower case."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Read them."""
        return cls(
            values.get("slow_request", 0.0),
            values.get("request_log", False),
            values.get("endpoint_label", "route") == "view",
            values.get("response_headers", ()),
        )

    def answers(self, span: Span, took: float) -> list[tuple[str, str]]:
        """Return the headers of the response to a request that took so many s."""
        said: list[tuple[str, str]] = []
        context = span.get_span_context()
        for name in self.headers:
            if name == "x-response-time":
                said.append(("X-Response-Time", f"{took * 1000:.3f}ms"))
            elif name == "server-timing":
                said.append(("Server-Timing", f"app;dur={took * 1000:.3f}"))
            elif name == "traceparent" and context.is_valid and not context.is_remote:
                trace, of = f"{context.trace_id:032x}", f"{context.span_id:016x}"
                said.append(("traceparent", f"00-{trace}-{of}-{int(context.trace_flags):02x}"))
        return said
