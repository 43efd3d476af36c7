"""What an answer means, and that a request arrives, at a real receiver."""

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from labotel.export.settings import Signal
from labotel.export.transport import Answer, Transport
from labotel.viewer.receiver import Receiver

Send = Callable[..., Answer]
Reply = tuple[int, dict[str, str], bytes]


class Desk:
    """Answers of a receiver, one after the other, then its usual ones."""

    def __init__(self, *answers: Reply) -> None:
        self.answers = list(answers)

    def __call__(self, signal: str) -> Reply | None:
        """Give the next answer."""
        return self.answers.pop(0) if self.answers else None


def spans(name: str = "sent", count: int = 1) -> bytes:
    """Return a request with spans of this name."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for i in range(count):
        scope.spans.add(name=name, trace_id=b"\x01" * 16, span_id=(i + 1).to_bytes(8, "big"))
    return request.SerializeToString()


def test_each_signal_arrives_at_its_place(
    receiver: Receiver, transport: Callable[..., Transport]
) -> None:
    """Traces, logs and metrics, taken."""
    sender = transport(receiver.endpoint)
    logs, metrics = ExportLogsServiceRequest(), ExportMetricsServiceRequest()
    logs.resource_logs.add().scope_logs.add().log_records.add(event_name="said")
    metric = metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="m")
    metric.gauge.data_points.add(as_int=7, time_unix_nano=1)
    bodies: dict[Signal, bytes] = {
        "traces": spans(),
        "logs": logs.SerializeToString(),
        "metrics": metrics.SerializeToString(),
    }
    assert [sender.send(s, body, 5) for s, body in bodies.items()] == [Answer("taken")] * 3
    assert [span.name for span in receiver.spans] == ["sent"]
    assert [record.event_name for record in receiver.logs] == ["said"]
    assert [point.value for point in receiver.points] == [7]


@pytest.mark.parametrize("compression", ["none", "gzip", "deflate"])
def test_compression(
    receiver: Receiver, transport: Callable[..., Transport], compression: str
) -> None:
    """What arrives is what was sent, in fewer bytes."""
    body = spans("x" * 50, 200)
    sender = transport(receiver.endpoint, compression=compression)
    assert sender.send("traces", body, 5) == Answer("taken")
    assert len(receiver.spans) == 200
    received = receiver.stats["bytes"]["traces"]
    assert received == len(body) if compression == "none" else received < len(body) / 4


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@pytest.mark.parametrize(
    ("header", "after"),
    [
        (None, 0), ("7", 7), ("0", 0), ("100000", 300), ("-5", 0), ("nan", 0), ("soon", 0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 0),
    ],
)  # fmt: skip
def test_what_may_be_tried_again(
    transport: Callable[..., Transport], status: int, header: str | None, after: float
) -> None:
    """The four of the OTLP specification; Retry-After in seconds, five minutes at the most."""
    headers = {} if header is None else {"Retry-After": header}
    with Receiver(respond=Desk((status, headers, b"busy"))) as receiver:
        sender = transport(receiver.endpoint)
        assert sender.send("logs", b"", 5) == Answer("again", str(status), after)
        assert sender.send("logs", b"", 5) == Answer("taken")
        assert receiver.stats["requests"]["logs"] == 2  # urllib3 itself tries nothing again


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 500, 501])
def test_what_is_refused_for_good(transport: Callable[..., Transport], status: int) -> None:
    """Anything else: the same request would be refused again."""
    with Receiver(respond=Desk((status, {"Retry-After": "5"}, b"no"))) as receiver:
        answer = transport(receiver.endpoint).send("logs", b"", 5)
        assert (answer.outcome, answer.reason) == ("refused", str(status))
        assert receiver.stats["requests"]["logs"] == 1


def test_a_body_that_is_too_large_is_refused(transport: Callable[..., Transport]) -> None:
    """A real 413 of a real server, which closes the connection; the next request goes through."""
    with Receiver(max_body=1000) as receiver:
        sender = transport(receiver.endpoint)
        answer = sender.send("traces", spans("x" * 1500), 5)
        assert (answer.outcome, answer.reason) == ("refused", "413")
        assert sender.send("traces", spans(), 5) == Answer("taken")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(transport: Callable[..., Transport], status: int) -> None:
    """The headers hold a secret: they go where the settings say, and nowhere else."""
    with Receiver() as other:
        place = {"Location": f"{other.endpoint}/v1/traces"}
        with Receiver(respond=Desk((status, place, b""))) as receiver:
            answer = transport(receiver.endpoint).send("traces", spans(), 5)
        assert (answer.outcome, answer.reason) == ("refused", str(status))
        assert other.stats["requests"]["traces"] == 0


def _partly() -> dict[Signal, bytes]:
    traces, logs = ExportTraceServiceResponse(), ExportLogsServiceResponse()
    metrics = ExportMetricsServiceResponse()
    traces.partial_success.rejected_spans = 3
    logs.partial_success.rejected_log_records = 4
    metrics.partial_success.rejected_data_points = 5
    return {
        "traces": traces.SerializeToString(),
        "logs": logs.SerializeToString(),
        "metrics": metrics.SerializeToString(),
    }


@pytest.mark.parametrize(("signal", "rejected"), [("traces", 3), ("logs", 4), ("metrics", 5)])
def test_a_partial_success_says_how_many_were_rejected(
    transport: Callable[..., Transport], signal: Signal, rejected: int
) -> None:
    """By the specification it must not be tried again."""
    with Receiver(respond=Desk((200, {}, _partly()[signal]))) as receiver:
        answer = transport(receiver.endpoint).send(signal, b"", 5)
    assert answer == Answer("taken", rejected=rejected)


@pytest.mark.parametrize("status", [200, 202, 204])
@pytest.mark.parametrize("body", [b"", b"<html>thanks</html>", b"\xff\xff"])
def test_a_success_with_any_body_is_a_success(
    transport: Callable[..., Transport], status: int, body: bytes
) -> None:
    """A proxy in between may say what it likes."""
    reply = (status, {}, b"" if status == 204 else body)
    with Receiver(respond=Desk(reply)) as receiver:
        assert transport(receiver.endpoint).send("logs", b"", 5) == Answer("taken")


def test_retry_after_may_be_a_date(transport: Callable[..., Transport]) -> None:
    """An HTTP date, as RFC 9110 has it (section 10.2.3)."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    with Receiver(respond=Desk((503, {"Retry-After": date}, b""))) as receiver:
        assert 60 < transport(receiver.endpoint).send("logs", b"", 5).after <= 100


def test_a_web_page_is_no_receiver(transport: Callable[..., Transport]) -> None:
    """A wrong endpoint, a login page before it: nothing took the data, so it is kept."""
    page = (200, {"Content-Type": "text/html; charset=utf-8"}, b"<html>Please log in</html>")
    with Receiver(respond=Desk(page)) as receiver:
        assert transport(receiver.endpoint).send("logs", b"", 5) == Answer("again", "html")


def test_an_endless_answer_is_not_read(transport: Callable[..., Transport]) -> None:
    """Of a receiver's answer some thousand bytes are read, however much it says."""
    with Receiver(respond=Desk((200, {}, b"\0" * 50_000_000))) as receiver:
        sender = transport(receiver.endpoint)
        tracemalloc.start()
        try:
            assert sender.send("traces", spans(), 5).outcome == "taken"
            assert tracemalloc.get_traced_memory()[1] < 25_000_000
        finally:
            tracemalloc.stop()
        assert sender.send("traces", spans(), 5).outcome == "taken"


def test_nobody_listens(transport: Callable[..., Transport]) -> None:
    """A refused connection is tried again, as a restarting Collector is soon back."""
    with socket.socket() as bound:  # bound and not listening: refused
        bound.bind(("127.0.0.1", 0))
        sender = transport(f"http://127.0.0.1:{bound.getsockname()[1]}")
        assert sender.send("traces", spans(), 5).outcome == "again"


def test_a_name_that_is_not_known(transport: Callable[..., Transport]) -> None:
    """`.invalid` is never known (RFC 2606); a DNS that is down may be back."""
    assert transport("http://nobody.invalid:4318").send("logs", b"", 5).outcome == "again"


def test_a_receiver_that_hangs_up(transport: Callable[..., Transport]) -> None:
    """In the midst of a request, as one does that is being killed."""

    def respond(signal: str) -> None:
        raise ConnectionResetError

    with Receiver(respond=respond) as receiver:
        assert transport(receiver.endpoint).send("logs", b"", 5).outcome == "again"


def test_a_receiver_that_hangs(transport: Callable[..., Transport]) -> None:
    """It takes the connection and never answers: the wait ends with the caller's timeout."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sender = transport(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=30)
        began = time.monotonic()
        assert sender.send("logs", b"", 0.3).outcome == "again"
        assert 0.2 < time.monotonic() - began < 3


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_receiver_that_drips_is_cut(said: bytes, transport: Callable[..., Transport]) -> None:
    """Each of its bytes comes in time, the last one never: in its headers, and in its body."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        sender = transport(f"http://127.0.0.1:{dripping.getsockname()[1]}", timeout=0.5)

        def drip() -> None:
            line, _ = dripping.accept()
            with line, suppress(OSError):
                line.sendall(said)
                while not ended.wait(0.1):
                    line.sendall(b"x")

        def look() -> None:
            while not ended.wait(0.1):
                sender.cut()

        threads = [threading.Thread(target=act) for act in (drip, look)]
        for thread in threads:
            thread.start()
        try:
            assert sender.send("logs", b"", 30).outcome == "again"
        finally:
            ended.set()
            for thread in threads:
                thread.join(20)


def test_the_settings_timeout_holds_too(transport: Callable[..., Transport]) -> None:
    """The shorter of the two."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sender = transport(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        began = time.monotonic()
        assert sender.send("logs", b"", 30).outcome == "again"
        assert time.monotonic() - began < 3


def test_it_connects_again_after_an_outage(transport: Callable[..., Transport]) -> None:
    """A kept connection that the receiver closed costs at most one try."""
    receiver = Receiver().start()
    sender = transport(receiver.endpoint)
    assert sender.send("traces", spans("before"), 5).outcome == "taken"
    receiver.stop()
    assert sender.send("traces", spans("lost"), 5).outcome == "again"
    with receiver:
        outcomes = [sender.send("traces", spans("after"), 5).outcome for _ in range(2)]
        assert outcomes[1] == "taken"
        assert receiver.spans[-1].name == "after"
