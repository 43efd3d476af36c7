"""The end of the Collector's way: one OTLP/HTTP server in place of Prometheus, Loki and Tempo."""

import gzip
import http.server
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {
    "/otlp/v1/logs": ExportLogsServiceRequest,
    "/api/v1/otlp/v1/metrics": ExportMetricsServiceRequest,
    "/v1/traces": ExportTraceServiceRequest,
}
SETTLES_WITHIN = 30.0


@dataclass(frozen=True)
class Line:
    """A log record as Loki would have it."""

    job: str
    service: str
    line: dict[str, Any]
    resource: dict[str, str]
    attributes: dict[str, str]
    trace_id: str
    span_id: str
    severity: int
    at: float


@dataclass
class Sink:
    """Keeps all that is sent to it. `stop` and `start` keep the port."""

    port: int = 0
    bodies: list[tuple[str, bytes]] = field(default_factory=list)
    _server: http.server.ThreadingHTTPServer | None = None

    def start(self) -> None:
        bodies = self.bodies

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                bodies.append((self.path, body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """A test says what it needs itself."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def requests(self, path: str) -> Iterator[Any]:
        for to, body in list(self.bodies):
            if to == path:
                yield REQUESTS[path].FromString(body)

    def lines(self, job: str | None = None) -> list[Line]:
        """The log lines, of one job or all, in the order in which they came."""
        return [
            _line(resource, record)
            for request in self.requests("/otlp/v1/logs")
            for resource in request.resource_logs
            for scope in resource.scope_logs
            for record in scope.log_records
            if job in (None, _attributes(resource.resource).get("job"))
        ]

    def points(self, name: str) -> list[dict[str, str]]:
        """The labels of each point of a metric, with those of its resource."""
        return [
            _attributes(resource.resource) | _attributes(point)
            for request in self.requests("/api/v1/otlp/v1/metrics")
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in getattr(metric, metric.WhichOneof("data")).data_points
        ]

    def values(self, name: str) -> list[int]:
        """Each value that a counter had, in the order in which they came."""
        return [
            point.as_int
            for request in self.requests("/api/v1/otlp/v1/metrics")
            for resource in request.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.sum.data_points
        ]

    def spans(self) -> list[Any]:
        return [
            span
            for request in self.requests("/v1/traces")
            for resource in request.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def raw(self) -> bytes:
        """Every byte that came."""
        return b"\n".join(body for _, body in list(self.bodies))


def _attributes(of: Any) -> dict[str, str]:
    return {one.key: one.value.string_value for one in of.attributes}


def _line(resource: Any, record: Any) -> Line:
    about = _attributes(resource.resource)
    return Line(
        job=about.get("job", ""),
        service=about.get("service.name", ""),
        line=_plain(record.body),
        resource=about,
        attributes=_attributes(record),
        trace_id=record.trace_id.hex(),
        span_id=record.span_id.hex(),
        severity=record.severity_number,
        at=record.time_unix_nano / 1e9,
    )


def _plain(value: Any) -> Any:
    """An AnyValue as what Loki's JSON would have."""
    kind = value.WhichOneof("value")
    if kind == "kvlist_value":
        return {one.key: _plain(one.value) for one in value.kvlist_value.values}
    if kind == "array_value":
        return [_plain(one) for one in value.array_value.values]
    return getattr(value, kind) if kind else None


def eventually(said: Callable[[], Any], within: float = SETTLES_WITHIN) -> Any:
    """Wait until this is true, and return it; at the end, say what it was."""
    deadline = time.monotonic() + within
    while True:
        answer = said()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"still {json.dumps(answer, default=str)}"
        time.sleep(0.05)
