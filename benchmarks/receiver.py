"""The receiver of the benchmarks: labotel's own, which here also counts the spans' events.

`python -m benchmarks.receiver` prints its port and serves until its standard input ends. It keeps
metrics alone: nobody asks for a span, and a backlog would take time from what is measured.
"""

import sys
import threading

from labotel.viewer.handler import Desk, OtlpHandler
from labotel.viewer.model import Signal
from labotel.viewer.receiver import MAX_BODY
from labotel.viewer.server import ThreadedServer
from labotel.viewer.stats import Counts, Stats
from labotel.viewer.store import Store
from labotel.viewer.wire import Request, TraceRequest


class Figures(Counts):
    """The figures of `GET /stats`, with the events of all spans."""

    span_events: int


class CountingStats(Stats):
    """Counts span events too."""

    def clear(self) -> None:
        """Start again from zero."""
        super().clear()
        self._span_events = 0

    def accepted(self, signal: Signal, request: Request, size: int) -> None:
        """Count a request that was answered with 200."""
        super().accepted(signal, request, size)
        if isinstance(request, TraceRequest):
            scopes = (scope for group in request.resource_spans for scope in group.scope_spans)
            events = sum(len(span.events) for scope in scopes for span in scope.spans)
            with self._lock:
                self._span_events += events

    def counts(self) -> Figures:
        """All figures."""
        return {**super().counts(), "span_events": self._span_events}


class MetricStore(Store):
    """Keeps metrics and forgets the rest."""

    def receive(self, request: Request, size: int) -> None:
        """Take a parsed request."""
        if "Metrics" in type(request).__name__:
            super().receive(request, size)


def main() -> None:
    """Serve on a free port of the loopback interface."""
    desk = Desk(MetricStore(), MAX_BODY, stats=CountingStats())
    server = ThreadedServer(("127.0.0.1", 0), type("Handler", (OtlpHandler,), {"desk": desk}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
