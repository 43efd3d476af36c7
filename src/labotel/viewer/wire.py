"""The bytes of one OTLP/HTTP request to its message, within a size limit."""

from __future__ import annotations

import zlib
from typing import TypeAlias

from google.protobuf.message import DecodeError, Message

# googleapis-common-protos has type stubs, but no marker that says so.
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2 as logs
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2 as metrics
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as trace

from labotel.viewer.model import Signal

PROTOBUF = "application/x-protobuf"
ENCODINGS = ("gzip", "deflate", "identity")
PATHS: dict[str, Signal] = {"/v1/traces": "traces", "/v1/metrics": "metrics", "/v1/logs": "logs"}

TraceRequest: TypeAlias = trace.ExportTraceServiceRequest
MetricsRequest: TypeAlias = metrics.ExportMetricsServiceRequest
LogsRequest: TypeAlias = logs.ExportLogsServiceRequest
Request: TypeAlias = TraceRequest | MetricsRequest | LogsRequest
_REQUESTS: dict[Signal, type[Request]] = {
    "traces": TraceRequest,
    "metrics": MetricsRequest,
    "logs": LogsRequest,
}
_RESPONSES: dict[Signal, Message] = {
    "traces": trace.ExportTraceServiceResponse(),
    "metrics": metrics.ExportMetricsServiceResponse(),
    "logs": logs.ExportLogsServiceResponse(),
}


class Refused(Exception):
    """A request that is answered with an error: its HTTP status, and the message for people."""

    def __init__(self, status: int, message: str, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def parse(signal: Signal, body: bytes) -> Request:
    """The request message of a signal; garbage is refused with 400."""
    request = _REQUESTS[signal]()
    try:
        request.ParseFromString(body)
    except DecodeError:
        raise Refused(
            400, f"the body is no {type(request).__name__} in protobuf ({len(body)} bytes)"
        ) from None
    return request


def success(signal: Signal) -> bytes:
    """The response to a request of which everything was accepted."""
    return _RESPONSES[signal].SerializeToString()


def failure(message: str) -> bytes:
    """The body that OTLP/HTTP asks for in a 4xx or 5xx answer: a google.rpc.Status."""
    return bytes(Status(message=message).SerializeToString())


def inflate(body: bytes, encoding: str, limit: int) -> bytes:
    """The body without its Content-Encoding, never growing beyond the limit."""
    if encoding == "identity":
        return body
    if encoding not in ENCODINGS:
        allowed = ", ".join(ENCODINGS)
        raise Refused(
            415,
            f"Content-Encoding {encoding!r} is not supported; allowed: {allowed}",
            Accept_Encoding=allowed,
        )
    out = bytearray()
    rest = body
    while rest:  # a gzip body may be several members, one after the other
        member = zlib.decompressobj(_window(encoding, rest))
        try:
            out += member.decompress(rest, limit + 1 - len(out))
        except zlib.error as error:
            raise Refused(400, f"the body is no {encoding}: {error}") from None
        if len(out) > limit:
            raise too_large(limit)
        if not member.eof:
            raise Refused(400, f"the {encoding} body ends early")
        rest = member.unused_data
    return bytes(out)


def _window(encoding: str, body: bytes) -> int:
    if encoding == "gzip":
        return zlib.MAX_WBITS | 16
    # HTTP's deflate has a zlib header (RFC 9110), but some clients send the bare stream.
    headed = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return zlib.MAX_WBITS if headed else -zlib.MAX_WBITS


def too_large(limit: int) -> Refused:
    """The refusal of a body over the limit, packed or unpacked."""
    return Refused(413, f"the body is larger than {limit} bytes")
