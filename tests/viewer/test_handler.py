"""What an OTLP client is answered: success, every encoding, and every refusal."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from labotel.viewer.receiver import Receiver

PROTOBUF = "application/x-protobuf"


@pytest.mark.parametrize(
    "compression", [Compression.NoCompression, Compression.Gzip, Compression.Deflate]
)
def test_every_compression_of_the_exporter_is_understood(
    receiver: Receiver, process: Callable[..., Any], compression: Compression
) -> None:
    """The SDK's gzip, deflate and plain bodies decode alike."""
    tracer = process(compression=compression).tracer_provider().get_tracer("t")
    tracer.start_span("packed").end()
    assert receiver.store.wait_for(lambda: [span.name for span in receiver.spans] == ["packed"])


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", lambda body: gzip.compress(body[:5]) + gzip.compress(body[5:])),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
    ],
    ids=["gzip of two members", "deflate without the zlib header"],
)
def test_unusual_but_valid_compressions_are_understood(
    receiver: Receiver,
    client: Any,
    encoding: str,
    pack: Callable[[bytes], bytes],
    one_span: Callable[..., bytes],
) -> None:
    """A gzip of several members and a bare deflate stream give the same body."""
    answer = client.post("/v1/traces", pack(one_span()), Content_Encoding=encoding)
    assert answer.status == 200
    assert [span.name for span in receiver.spans] == ["once"]


@pytest.mark.parametrize(
    ("path", "response"),
    [
        ("/v1/traces", ExportTraceServiceResponse),
        ("/v1/metrics", ExportMetricsServiceResponse),
        ("/v1/logs", ExportLogsServiceResponse),
    ],
)
def test_success_is_answered_as_the_specification_says(
    client: Any, path: str, response: Any
) -> None:
    """Status 200, the request's content type, and a response message without partial success."""
    answer = client.post(path, b"")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == PROTOBUF
    assert response.FromString(answer.body) == response()


def test_a_connection_serves_many_requests(
    receiver: Receiver, client: Any, one_span: Callable[..., bytes]
) -> None:
    """HTTP/1.1 keep-alive: the second request leaves through the socket of the first."""
    client.post("/v1/traces", one_span("first"))
    first = client.connection.sock
    client.post("/v1/traces", one_span("second"))
    assert client.connection.sock is first is not None
    assert [span.name for span in receiver.spans] == ["first", "second"]


def test_a_chunked_body_is_understood(
    receiver: Receiver, client: Any, one_span: Callable[..., bytes]
) -> None:
    """A client that does not know the length beforehand, as OkHttp with gzip, is served too."""
    body = one_span()
    answer = client.post("/v1/traces", iter([body[:7], body[7:]]))
    assert answer.status == 200
    assert [span.name for span in receiver.spans] == ["once"]


def test_a_client_that_asks_before_it_sends_is_told_to_go_on(
    receiver: Receiver, one_span: Callable[..., bytes]
) -> None:
    """Expect: 100-continue gets its interim answer before the body is there."""
    body = one_span()
    with socket.create_connection((receiver.host, receiver.port), timeout=10) as client:
        head = f"POST /v1/traces HTTP/1.1\r\nHost: x\r\nContent-Type: {PROTOBUF}\r\n"
        head += f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
        client.sendall(head.encode())
        assert client.recv(1024).startswith(b"HTTP/1.1 100 ")
        client.sendall(body)
        assert client.recv(1024).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"\xff\xff\xff\xff", "identity"),
        (b"no gzip at all", "gzip"),
        (gzip.compress(b"whatever")[:-9], "gzip"),
        (b"\x00\x01", "deflate"),
    ],
    ids=["no protobuf", "no gzip", "half a gzip", "no deflate"],
)
def test_garbage_is_refused_and_nothing_is_kept(
    receiver: Receiver, client: Any, body: bytes, encoding: str, one_span: Callable[..., bytes]
) -> None:
    """400, with a google.rpc.Status that has a message, as OTLP/HTTP asks for."""
    answer = client.post("/v1/traces", body, Content_Encoding=encoding)
    assert answer.status == 400
    assert answer.headers["Content-Type"] == PROTOBUF
    assert Status.FromString(answer.body).message
    assert receiver.spans == []
    assert receiver.stats["refused"]["traces"] == 1
    assert client.post("/v1/traces", one_span()).status == 200


def test_an_unknown_path_is_refused_with_the_known_ones(
    client: Any, one_span: Callable[..., bytes]
) -> None:
    """404 that names the three paths: a doubled /v1/traces is the usual mistake in an endpoint."""
    answer = client.post("/v1/traces/v1/traces", one_span(), content_type="text/plain")
    assert answer.status == 404
    for path in ("/v1/traces", "/v1/metrics", "/v1/logs"):
        assert f"{path},".encode() in answer.body


@pytest.mark.parametrize("content_type", ["application/json", "text/plain"])
def test_another_content_type_is_refused_with_the_allowed_one(
    client: Any, content_type: str
) -> None:
    """415 in words that name protobuf, in the body and in the Accept header."""
    answer = client.post("/v1/logs", b"{}", content_type)
    assert answer.status == 415
    assert PROTOBUF.encode() in answer.body
    assert answer.headers["Accept"] == PROTOBUF


def test_an_unknown_encoding_is_refused_with_the_allowed_ones(
    client: Any,
) -> None:
    """415 with Accept-Encoding, as RFC 9110 says for a content coding."""
    answer = client.post("/v1/logs", b"", Content_Encoding="zstd")
    assert answer.status == 415
    assert set(answer.headers["Accept-Encoding"].split(", ")) == {"gzip", "deflate", "identity"}


def test_get_on_an_export_path_says_that_it_takes_post(
    client: Any,
) -> None:
    """405 with Allow: POST, for who opens the endpoint in a browser."""
    answer = client.get("/v1/traces")
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"x" * 1001, {}),
        (gzip.compress(b"x" * 1001), {"Content_Encoding": "gzip"}),
        (iter([b"x" * 600, b"x" * 600]), {}),
    ],
    ids=["as it is", "unpacked", "in chunks"],
)
def test_a_body_over_the_limit_is_refused(
    connect: Callable[..., Any], body: Any, headers: dict[str, str]
) -> None:
    """413, whether it is too large as sent, after unpacking, or only when all chunks are there."""
    with Receiver(max_body=1000) as receiver:
        answer = connect(receiver.port).post("/v1/traces", body, **headers)
        assert answer.status == 413


def test_a_page_of_another_origin_cannot_post(
    receiver: Receiver, client: Any, one_span: Callable[..., bytes]
) -> None:
    """403 for a foreign Origin: any page in a browser can reach a port of this machine."""
    client.post("/v1/traces", one_span())
    assert client.post("/clear", b"", Origin="https://evil.example").status == 403
    assert len(receiver.spans) == 1
    own = f"http://{receiver.host}:{receiver.port}"
    assert client.post("/clear", b"", Origin=own).status == 200


def test_stats_and_totals_are_served_and_cleared(
    receiver: Receiver, client: Any, process: Callable[..., Any], one_span: Callable[..., bytes]
) -> None:
    """GET /stats counts what arrived, GET /totals sums a metric, POST /clear starts anew."""
    body = one_span()
    client.post("/v1/traces", body)
    client.post("/v1/traces", b"\xff")
    provider = process().meter_provider()
    counter = provider.get_meter("m").create_counter("done_total")
    counter.add(3, {"species": "canine"})
    counter.add(4, {"species": "feline"})
    assert provider.force_flush()
    stats = client.get("/stats").json
    assert stats["requests"] == {"traces": 2, "metrics": 1, "logs": 0}
    assert stats["refused"] == {"traces": 1, "metrics": 0, "logs": 0}
    assert stats["bytes"]["traces"] == len(body) + 1
    assert (stats["spans"], stats["logs"], stats["points"]) == (1, 0, 2)
    assert client.get("/totals?metric=done_total").json == 7
    assert client.get("/totals?metric=done_total&species=feline").json == 4
    assert client.post("/clear", b"").status == 200
    stats = client.get("/stats").json
    assert (stats["requests"]["traces"], stats["spans"], stats["points"]) == (0, 0, 0)
    assert client.get("/totals?metric=done_total").json == 0


def test_totals_without_a_metric_says_what_is_missing(
    client: Any,
) -> None:
    """400 that shows how to ask."""
    answer = client.get("/totals")
    assert answer.status == 400
    assert b"/totals?metric=NAME" in answer.body
