"""A local OTLP/HTTP receiver: what is sent to it stands in its store, ready for questions.

`python -m labotel.viewer.receiver --port 0 --print-port` runs one as a process of its own.
"""

from __future__ import annotations

import argparse
import signal
import threading
from types import TracebackType
from typing import Any, Self

from labotel.viewer.handler import Desk, OtlpHandler, Respond
from labotel.viewer.model import LogRecord, Point, Span
from labotel.viewer.server import ThreadedServer
from labotel.viewer.store import Store

MAX_BODY = 64 * 1024 * 1024


class Receiver:
    """An OTLP/HTTP server for protobuf on /v1/traces, /v1/metrics and /v1/logs.

    It also answers GET /stats, GET /totals?metric=NAME and POST /clear. `respond` injects faults:
    called with the signal of each request, it gives the status, headers and body to answer with
    instead of keeping what was sent, or None; a ConnectionError that it raises hangs up.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        keep_history: bool = False,
        respond: Respond | None = None,
        max_body: int = MAX_BODY,
    ) -> None:
        self.host = host
        self.port = port
        self.store = Store(keep_history=keep_history)
        self._desk = Desk(self.store, max_body, respond)
        self._server: ThreadedServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Self:
        """Bind and serve; after a stop, on the same port and with the same store as before."""
        if self._server is None:
            handler = type("Handler", (OtlpHandler,), {"desk": self._desk})
            self._server = ThreadedServer((self.host, self.port), handler)
            self.port = self._server.server_address[1]
            # The poll interval is the time that a stop takes, not the time of an answer.
            self._thread = threading.Thread(
                target=self._server.serve_forever,
                args=(0.02,),
                name="labotel-receiver",
                daemon=True,
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port and all connections; what was received stays readable."""
        server, thread = self._server, self._thread
        self._server = self._thread = None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()  # it must have left the socket before that is closed
            server.server_close()

    @property
    def endpoint(self) -> str:
        """The value for OTEL_EXPORTER_OTLP_ENDPOINT."""
        if not self.port:
            raise RuntimeError("the receiver has no port yet: start() it first")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def spans(self) -> list[Span]:
        """All spans received, in the order of their arrival."""
        return self.store.spans

    @property
    def logs(self) -> list[LogRecord]:
        """All log records received, in the order of their arrival."""
        return self.store.logs

    @property
    def points(self) -> list[Point]:
        """The latest point of every metric series."""
        return self.store.points

    @property
    def stats(self) -> dict[str, Any]:
        """What GET /stats answers: counts of requests, refusals and bytes, and of items."""
        return self._desk.figures()

    def clear(self) -> None:
        """Forget everything received and start counting from zero."""
        self._desk.clear()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(prog="python -m labotel.viewer.receiver", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4318, help="0 takes any free one")
    parser.add_argument("--print-port", action="store_true", help="print the port, then serve")
    parser.add_argument("--keep-history", action="store_true", help="keep every metric point")
    options = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with Receiver(options.host, options.port, keep_history=options.keep_history) as receiver:
        print(receiver.port if options.print_port else receiver.endpoint, flush=True)
        ended.wait()


if __name__ == "__main__":
    main()
