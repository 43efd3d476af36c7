"""The shipped configurations of the Collector, in the real binary: what passes, and as what."""

import secrets
import shutil
import time
from pathlib import Path

from running import free_port

from .collector import COLLECTOR, Collector
from .collector_fixtures import Start, collector, sink, small_disk
from .collector_payloads import counter, log, span
from .collector_sink import Sink, eventually

__all__ = ["collector", "sink", "small_disk"]

TOKEN = "a-token-of-the-tests"
CANARY = "canary"
SECRETS = {
    "an e-mail address": f"{CANARY}.person@clinic.example.org",
    "a JSON Web Token": f"eyJhbGciOi.{CANARY}eyJzdWIi.c2lnbmVk",
    "a bearer": f"Bearer {CANARY}.abcdef",
    "a key of GitHub": f"ghp_{CANARY}012345678901",
    "a key of Amazon": "AKIACANARY0123456789",
    "a key of Slack": f"xoxb-{CANARY}012345678901",
    "a key of Stripe": f"sk_{CANARY}012345678901",
    "a card": "4111 1111 1111 1111",
    "a card of MasterCard": "5500-0000-0000-0004",
    "a card of American Express": "3782 822463 10005",
    "an IBAN": "DE89 3704 0044 0532 0130 00",
    "a social security number": "078-05-1120",
}
SECRET_KEYS = [
    "password", "db.password", "passphrase", "secret", "access_token", "api_key", "apikey",
    "http.request.header.authorization", "cookie", "http.request.header.set-cookie",
    "csrfmiddlewaretoken", "credentials", "private_key", "sessionid", "session_id", "ssn", "dob",
    "client.address", "source.address", "network.peer.address", "user_agent.original",
    "enduser.id", "user.email", "user.name",
]  # fmt: skip


def test_a_token_is_required_where_one_is_set(collector: Start, sink: Sink) -> None:
    """No token and a wrong one are refused with 401, and nothing passes; the right one passes."""
    running = collector(OTLP_TOKEN=TOKEN)
    assert running.send("logs", log("without")) == 401
    assert running.send("logs", log("wrong"), token=TOKEN + "x") == 401
    assert running.send("traces", span("wrong", {}), token="wrong") == 401
    assert running.send("logs", log("right"), token=TOKEN) == 200
    assert [line.line["message"] for line in eventually(sink.lines)] == ["right"]
    running.stop()
    assert not sink.spans()
    assert TOKEN not in running.log.read_text()


def test_a_token_is_required_on_grpc(collector: Start, sink: Sink) -> None:
    """And at the door between Collectors: none and a wrong one are refused, the right passes."""
    peers = free_port()
    balancing = {"BALANCE_HOST": "127.0.0.1", "BALANCE_PORT": str(peers)}
    running = collector(OTLP_TOKEN=TOKEN, PEERS_LISTEN=f"127.0.0.1:{peers}", **balancing)
    for port in (running.ports[1], peers):
        assert running.call("traces", span("without", {}), port=port) == "UNAUTHENTICATED"
        assert running.call("traces", span("x", {}), "wrong", port) == "UNAUTHENTICATED"
        assert running.call("traces", span("right", {}, trace=port), TOKEN, port) == "OK"
    assert running.call("logs", log("without")) == "UNAUTHENTICATED"
    eventually(lambda: len(sink.spans()) == 2)
    running.stop()
    assert [one.name for one in sink.spans()] == ["right", "right"]


def test_with_its_defaults_it_sends_nothing_to_itself(sink: Sink, tmp_path: Path) -> None:
    """A span is counted once. The shipped files are started with other numbers for their ports."""
    shipped = tmp_path / "shipped"
    shutil.copytree(COLLECTOR, shipped)
    away = {"OTLP_HTTP_LISTEN": "", "OTLP_GRPC_LISTEN": "", "TEMPO_OTLP_URL": ""}
    running = Collector(tmp_path / "collector", sink.url, shipped / "run", **away)
    http, grpc = running.ports[:2]
    for file in (shipped / "run", shipped / "config.yaml"):
        text = file.read_text()
        for default, port in {"4317": grpc, "4318": http, "4328": free_port()}.items():
            text = text.replace(f":{default}", f":{port}")
        file.write_text(text)
    running.start()
    try:
        assert running.send("traces", span("work", {})) == 200
        eventually(lambda: len(sink.values("traces.span.metrics.calls")) >= 4)
    finally:
        running.stop()
    assert max(sink.values("traces.span.metrics.calls")) == 1


def test_values_that_look_personal_are_masked(collector: Start, sink: Sink) -> None:
    """Each pattern of a value is masked in a line, its attributes, a span's, and a label."""
    running = collector()
    for number, (kind, value) in enumerate(SECRETS.items(), 1):
        text = f"before {value} after"
        assert running.send("logs", log(text, kind=kind, note=text)) == 200
        assert (
            running.send("traces", span("work", {"kind": kind, "note": text}, trace=number)) == 200
        )
        assert running.send("metrics", counter("things", {"kind": kind, "note": text})) == 200
    eventually(lambda: len(sink.lines()) == len(sink.spans()) == len(sink.points("things")) == 12)
    masked = "before **** after"
    for line in sink.lines():
        assert {line.line["message"], line.line["note"]} == {masked}, line.line["kind"]
    for one in sink.spans():
        notes = [*one.attributes, *one.events[0].attributes]
        assert {note.value.string_value for note in notes if note.key == "note"} == {masked}
    for labels in sink.points("things"):
        assert labels["note"] == masked, labels["kind"]
    for value in SECRETS.values():
        assert value.encode() not in sink.raw()


def test_what_lies_deep_in_a_line_is_masked(collector: Start, sink: Sink) -> None:
    """In a list, in a mapping of a mapping, by its key, and where it is a number."""
    running = collector()
    deep = {"who": {"mail": SECRETS["an e-mail address"], "password": CANARY}}
    said = {"deep": deep, "cards": [SECRETS["a card"]], "number": 4111111111111111}
    assert running.send("logs", log("a line", **said)) == 200
    assert running.send("traces", span("work", {"number": 4111111111111111})) == 200
    (line,) = eventually(sink.lines)
    assert line.line["deep"] == {"who": {"mail": "****", "password": "****"}}
    assert line.line["cards"] == ["****"]
    eventually(sink.spans)
    for canary in (CANARY, SECRETS["a card"], "4111111111111111"):
        assert canary.encode() not in sink.raw()
    assert "number" in {one.key for one in sink.spans()[0].attributes}


def test_a_delta_metric_costs_itself_alone(collector: Start, sink: Sink) -> None:
    """Prometheus would refuse all that came with it."""
    running = collector()
    assert running.send("metrics", counter("steps", {}, delta=True)) == 200
    assert running.send("metrics", counter("things", {})) == 200
    eventually(lambda: sink.points("things"))
    assert not sink.points("steps")


def test_values_of_keys_that_hold_secrets_are_masked(collector: Start, sink: Sink) -> None:
    """Under a key of a secret or a person any value is masked; under another it stays."""
    running = collector()
    said = dict.fromkeys(SECRET_KEYS, CANARY) | {"tokens.used": "12", "author": "stays"}
    assert running.send("logs", log("a line", **said)) == 200
    assert running.send("traces", span("work", said)) == 200
    assert running.send("metrics", counter("things", said)) == 200
    eventually(lambda: sink.lines() and sink.spans() and sink.points("things"))
    assert CANARY.encode() not in sink.raw()
    assert (sink.lines()[0].line["author"], sink.lines()[0].line["tokens.used"]) == ("stays", "12")


def test_what_waits_survives_a_restart(collector: Start, sink: Sink) -> None:
    """With the backends away and the Collector restarted, all comes when they are back, once."""
    running = collector()
    sink.stop()
    for number in range(1, 21):
        assert running.send("logs", log(f"line {number}")) == 200
        assert running.send("traces", span(f"span {number}", {}, trace=number)) == 200
        assert running.send("metrics", counter(f"counter_{number}", {})) == 200
    time.sleep(1)  # the first attempts fail
    running.stop(backends_away=True)
    running.start()
    sink.start()
    wanted = sorted(f"line {number}" for number in range(1, 21))
    eventually(lambda: len(sink.lines()) >= 20 and len(sink.spans()) >= 20)
    eventually(lambda: sink.points("counter_20"))
    running.stop()
    assert sorted(line.line["message"] for line in sink.lines()) == wanted
    assert len({one.span_id for one in sink.spans()}) == len(sink.spans()) == 20
    assert [len(sink.points(f"counter_{number}")) for number in range(1, 21)] == [1] * 20


def _refused_and_kept(running: Collector, sink: Sink, records: int, size: int) -> None:
    sink.stop()
    kept: list[int] = []
    for number in range(100):
        status = running.send("logs", log(f"{number} {secrets.token_hex(size)}", records))
        if status != 200:
            break
        kept += [number] * records
    assert kept and status == 503
    sink.start()
    eventually(lambda: len(sink.lines()) >= len(kept))
    running.stop()
    assert sorted(int(line.line["message"].split()[0]) for line in sink.lines()) == kept


def test_what_a_queue_cannot_keep_is_refused(collector: Start, sink: Sink) -> None:
    """A full queue answers 503, so the sender keeps it; what got a 200 comes."""
    _refused_and_kept(collector(QUEUE_LOGS="2000"), sink, 500, 1)


def test_what_a_disk_cannot_keep_is_refused(collector: Start, sink: Sink, small_disk: Path) -> None:
    """A full disk answers 503, so the sender keeps it; what got a 200 comes."""
    _refused_and_kept(collector(COLLECTOR_STORAGE=str(small_disk)), sink, 1, 100_000)


def test_spans_become_metrics_before_they_are_sampled(collector: Start, sink: Sink) -> None:
    """With 0 percent only errors and slow traces are kept, and all of them are counted."""
    running = collector(TAIL_SAMPLING_PERCENT="0", TAIL_SAMPLING_WAIT="1s")
    assert running.send("traces", span("quick", {}, trace=1)) == 200
    assert running.send("traces", span("failed", {}, trace=2, failed=True)) == 200
    assert running.send("traces", span("slow", {}, trace=3, seconds=1.5)) == 200
    eventually(lambda: len(sink.spans()) == 2 and sink.points("traces.span.metrics.calls"))
    running.stop()
    assert {one.name for one in sink.spans()} == {"failed", "slow"}
    counted = {labels["span.name"] for labels in sink.points("traces.span.metrics.calls")}
    assert counted == {"quick", "failed", "slow"}


def test_collectors_hand_each_other_their_spans(collector: Start, sink: Sink) -> None:
    """A Collector that balances hands the spans over, with the token, and they are counted once."""
    port = str(free_port())
    running = collector(
        OTLP_TOKEN=TOKEN,
        BALANCE_HOST="127.0.0.1", BALANCE_PORT=port, PEERS_LISTEN=f"127.0.0.1:{port}",
    )  # fmt: skip
    for number in range(1, 11):
        assert running.send("traces", span("work", {}, trace=number), token=TOKEN) == 200
    eventually(lambda: len(sink.spans()) == 10)
    eventually(lambda: sink.points("traces.span.metrics.calls"))
    running.stop()
    assert len(sink.spans()) == 10
