"""What becomes of a request by a receiver's answer: taken, tried again, in halves, or lost."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from labotel.export import courier as module
from labotel.export.courier import BACKOFF, Courier
from labotel.export.settings import resolve
from labotel.signals.cells import Meter
from labotel.signals.tally import Tally
from labotel.viewer.receiver import Receiver
from outages import Clock

Reply = tuple[int, dict[str, str], bytes]
FAR = 1e9
"""A deadline in the far future (monotonic s)."""


def request(count: int) -> bytes:
    """Return a request with so many spans."""
    made = ExportTraceServiceRequest()
    scope = made.resource_spans.add().scope_spans.add()
    for n in range(count):
        scope.spans.add(name=str(n), trace_id=b"\1" * 16, span_id=(n + 1).to_bytes(8, "big"))
    return made.SerializeToString()


def answers(*replies: Reply | None) -> Callable[[str], Reply | None]:
    """Return a receiver's answers, one after the other, then its usual ones."""
    waiting = list(replies)
    return lambda signal: waiting.pop(0) if waiting else None


class Sender:
    """A courier with its tally, and a clock that is set by hand."""

    def __init__(self, endpoint: str) -> None:
        settings, problems = resolve({"endpoint": endpoint}, {}, {})
        assert problems == []
        self.tally = Tally()
        self.courier = Courier(settings, self.tally)

    def send(self, count: int = 1) -> str:
        """Send so many spans."""
        return self.courier.send("traces", request(count), count, FAR).outcome

    def counted(self) -> dict[str, Any]:
        """Return the counters by name and labels."""
        meter = Meter()
        self.tally.settle(meter, 10**18)
        return {
            f"{m.name.removeprefix('labotel_').removesuffix('_total')} {' '.join(labels)}": c.value
            for m in meter
            if m.kind == "counter"
            for labels, c in m.cells.items()
        }


def test_what_is_taken_is_counted(receiver: Receiver) -> None:
    """By its signal; and how long it took, and when."""
    sender = Sender(receiver.endpoint)
    assert sender.send(5) == "taken"
    meter = Meter()
    sender.tally.settle(meter, 10**18)
    cells = {m.name: m.cells[("traces",)] for m in meter}
    assert cells["labotel_exported_total"].value == 5
    assert cells["labotel_export_duration_seconds"].count == 1
    assert 0 < cells["labotel_export_duration_seconds"].sum < 60
    assert cells["labotel_last_export_timestamp_seconds"].value > 1.7e9
    assert set(cells) == {
        "labotel_exported_total", "labotel_export_duration_seconds",
        "labotel_last_export_timestamp_seconds",
    }  # fmt: skip


def test_a_partial_success_is_counted_by_what_was_rejected() -> None:
    """Of ten spans three were rejected, as the answer's partial success says."""
    partial = ExportTraceServiceResponse()
    partial.partial_success.rejected_spans = 3
    with Receiver(respond=answers((200, {}, partial.SerializeToString()))) as receiver:
        sender = Sender(receiver.endpoint)
        assert sender.send(10) == "taken"
    assert sender.counted() == {"dropped traces rejected": 3, "exported traces": 7}


@pytest.mark.parametrize(("said", "lost"), [(-5, 0), (1 << 40, 10)])
def test_a_partial_success_that_cannot_be_is_no_more_than_all(said: int, lost: int) -> None:
    """A counter never falls, and no more is lost than was sent."""
    partial = ExportTraceServiceResponse()
    partial.partial_success.rejected_spans = said
    with Receiver(respond=answers((200, {}, partial.SerializeToString()))) as receiver:
        sender = Sender(receiver.endpoint)
        assert sender.send(10) == "taken"
    counted = sender.counted()
    assert counted.get("dropped traces rejected", 0) == lost
    assert counted.get("exported traces", 0) == 10 - lost


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 501])
def test_what_is_refused_is_lost_and_counted(status: int) -> None:
    """By the OTLP specification it must not be tried again."""
    with Receiver(respond=answers((status, {}, b"no"))) as receiver:
        sender = Sender(receiver.endpoint)
        assert sender.send(10) == "refused"
        assert sender.courier.due("traces")
    assert sender.counted() == {
        f"dropped traces {status}": 10, f"export_failures traces {status}": 1,
    }  # fmt: skip


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_is_tried_again_is_neither_taken_nor_lost(status: int) -> None:
    """Its signal waits; the others do not."""
    with Receiver(respond=answers((status, {}, b""))) as receiver:
        sender = Sender(receiver.endpoint)
        assert sender.send(10) == "again"
    assert sender.counted() == {f"export_failures traces {status}": 1}
    assert not sender.courier.due("traces")
    assert sender.courier.due("logs") and sender.courier.due("metrics")


def test_the_pause_doubles_and_ends_with_a_success(monkeypatch: pytest.MonkeyPatch) -> None:
    """1, 2, 4, … s, a quarter more or less; at most 30; after a success from the start again."""
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    with Receiver(respond=answers(*[(503, {}, b"")] * 8, None, (503, {}, b""))) as receiver:
        sender = Sender(receiver.endpoint)
        for pause in (1, 2, 4, 8, 16, 30, 30, 30):
            assert sender.send() == "again"
            clock.now += pause * 0.75 - 0.01
            assert not sender.courier.due("traces")
            clock.now += pause * 0.5 + 0.01
            assert sender.courier.due("traces")
        assert sender.send() == "taken"
        assert sender.send() == "again"
        clock.now += BACKOFF[0] * 1.25
        assert sender.courier.due("traces")


def test_workers_do_not_knock_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of forty that failed at one moment some try again before the pause is over, some after it."""
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    with Receiver(respond=answers(*[(503, {}, b"")] * 40)) as receiver:
        senders = [Sender(receiver.endpoint) for _ in range(40)]
        assert {sender.send() for sender in senders} == {"again"}
    clock.now += BACKOFF[0]
    assert {sender.courier.due("traces") for sender in senders} == {True, False}


def test_retry_after_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that says when is not asked before, by whoever flushes neither."""
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    with Receiver(respond=answers((429, {"Retry-After": "70"}, b""))) as receiver:
        sender = Sender(receiver.endpoint)
        assert sender.send() == "again"
        clock.now += 69
        assert not sender.courier.due("traces")
        assert sender.send() == "again"
        assert receiver.stats["requests"]["traces"] == 1
        clock.now += 1
        assert sender.courier.due("traces")
        assert sender.send() == "taken"


def test_what_is_too_large_goes_in_halves() -> None:
    """Nothing is lost, and what comes next is made as small at once."""
    limit = len(request(30))
    with Receiver(max_body=limit) as receiver:
        sender = Sender(receiver.endpoint)
        assert sender.send(100) == "taken"
        assert sorted(int(span.name) for span in receiver.spans) == list(range(100))
        assert sender.courier.most == {"traces": 25}
    counted = sender.counted()
    assert counted["exported traces"] == 100
    assert not any(name.startswith("dropped") for name in counted)


def test_one_item_that_is_too_large_is_lost_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It is counted and said; its neighbours arrive."""
    made = ExportTraceServiceRequest()
    scope = made.resource_spans.add().scope_spans.add()
    for name in ("a", "b" * 5000, "c", "d"):
        scope.spans.add(name=name, trace_id=b"\1" * 16, span_id=b"\1" * 8)
    with Receiver(max_body=1000) as receiver:
        sender = Sender(receiver.endpoint)
        sender.courier.send("traces", made.SerializeToString(), 4, FAR)
        assert [span.name for span in receiver.spans] == ["a", "c", "d"]
        assert sender.courier.most == {}  # what comes next goes in whole batches, as before
    counted = sender.counted()
    assert (counted["exported traces"], counted["dropped traces 413"]) == (3, 1)
    with caplog.at_level(logging.WARNING, "labotel"):
        sender.tally.speak()
    assert "one record alone is larger than the receiver takes" in caplog.text


def test_of_halves_what_was_not_taken_is_tried_again() -> None:
    """And that alone: each span arrives once, and counts once."""
    with Receiver(max_body=len(request(6))) as receiver:
        sender = Sender(receiver.endpoint)
        seen: list[str] = []

        def busy(signal: str) -> Reply | None:
            seen.append(signal)
            return (503, {}, b"") if len(seen) == 2 else None

        receiver._desk.respond = busy
        answer = sender.courier.send("traces", request(10), 10, FAR)
        assert answer.outcome == "again" and answer.rest is not None
        body, items = answer.rest
        assert items == 5
        assert sender.courier.send("traces", body, items, FAR).outcome == "taken"
        assert sorted(int(span.name) for span in receiver.spans) == list(range(10))
    counted = sender.counted()
    assert counted["exported traces"] == 10
    assert not any(name.startswith("dropped") for name in counted)


def test_a_failure_is_said_once_a_minute_with_its_cure(caplog: pytest.LogCaptureFixture) -> None:
    """However many requests fail; the endpoint's password is not in it."""
    with Receiver(respond=lambda signal: (401, {}, b"")) as receiver:
        sender = Sender(receiver.endpoint.replace("://", "://user:canary@"))
        with caplog.at_level(logging.WARNING, "labotel"):
            for _ in range(20):
                sender.send()
                sender.tally.settle(Meter(), 10**18)
                sender.tally.speak()
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2 and "setting `headers`" in said[0] and "lost (401)" in said[1]
    assert "canary" not in caplog.text
