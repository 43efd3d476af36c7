"""Spans on the wire, against what OpenTelemetry's own encoder makes of the same spans."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as PbSpan
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    TraceState,
    set_span_in_context,
)  # fmt: skip

from labotel import Event, Personal, Unbounded
from labotel.export import wire
from labotel.export.wire_spans import SAID, SpanEncoder
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.spans import PseudonymSource, SpanEvent, add_event

RESOURCE = {"service.name": "lab", "service.instance.id": "x-0", "replicas": 3}
PSEUDONYMS = Pseudonyms(b"tests")
REMOTE = SpanContext(
    0xABCDEF0123456789ABCDEF0123456789, 0x1234567890ABCDEF, True, TraceFlags(1),
    TraceState([("ot", "th:c;rv:0123456789abcd")]),
)  # fmt: skip
LOCAL = SpanContext(2**127, 2**63, False, TraceFlags(0))


class Recorder:
    """A real SDK provider and the spans that ended."""

    def __init__(self, limits: SpanLimits | None = None) -> None:
        self._memory = InMemorySpanExporter()
        self.provider = TracerProvider(
            resource=Resource(RESOURCE), shutdown_on_exit=False, span_limits=limits
        )
        self.provider.add_span_processor(SimpleSpanProcessor(self._memory))

    def tracer(self, name: str = "app", *more: Any) -> Tracer:
        """Return a tracer of this provider."""
        return self.provider.get_tracer(name, *more)

    @property
    def spans(self) -> list[ReadableSpan]:
        """The spans that ended."""
        return list(self._memory.get_finished_spans())


def ours(spans: list[ReadableSpan]) -> ExportTraceServiceRequest:
    """Return what labotel makes of spans."""
    return ExportTraceServiceRequest.FromString(
        SpanEncoder(PSEUDONYMS).encode(wire.resource(RESOURCE), spans)
    )


def only(spans: list[ReadableSpan]) -> PbSpan:
    """Return what labotel makes of a single span."""
    (span,) = ours(spans).resource_spans[0].scope_spans[0].spans
    return span


def test_a_plain_span() -> None:
    """Names, ids, kinds and times, with every attribute type of OpenTelemetry."""
    recorder = Recorder()
    for kind in SpanKind:
        recorder.tracer().start_span(
            f"work {kind.name.lower()}",
            kind=kind,
            attributes={
                "text": "grün", "yes": True, "no": False, "int": 7, "negative": -7,
                "big": 2**62, "float": -0.5, "texts": ["a", "b"], "ints": (1, -2), "none": None,
                "bytes": b"\x00\xff", "nested": {"list": [1, {"deep": [True, None]}], "f": 1.5},
                "empty": "", "nothing": [], "zero": 0,
            },
        ).end()  # fmt: skip
    assert ours(recorder.spans) == encode_spans(recorder.spans)


def test_parents_and_trace_state() -> None:
    """A remote parent shows in the flags and its trace state goes on; a local one too."""
    recorder = Recorder()
    context = set_span_in_context(NonRecordingSpan(REMOTE))
    with recorder.tracer().start_as_current_span("child of remote", context=context):
        recorder.tracer().start_span("child of local").end()
    local, remote = made = ours(recorder.spans).resource_spans[0].scope_spans[0].spans
    assert ours(recorder.spans) == encode_spans(recorder.spans)
    # by the proto: bit 8 says that bit 9 (the parent is remote) is known
    assert [span.flags for span in made] == [0x100, 0x300]
    assert remote.trace_state == local.trace_state == "ot=th:c;rv:0123456789abcd"


@pytest.mark.parametrize("entry", [("vendor", "jane"), ("ot", "jane"), ("ot", "th:jane")])
def test_what_anybody_may_write_into_a_trace_state_stays(entry: tuple[str, str]) -> None:
    """A caller's header: its entries are anybody's, but for the sampling of OpenTelemetry."""
    recorder = Recorder()
    parent = SpanContext(1, 2, True, TraceFlags(1), TraceState([entry]))
    context = set_span_in_context(NonRecordingSpan(parent))
    recorder.tracer().start_span("child", context=context).end()
    (span,) = ours(recorder.spans).resource_spans[0].scope_spans[0].spans
    assert span.trace_state == ""


def test_links() -> None:
    """A link keeps ids, attributes, flags, and its trace state, which OpenTelemetry drops."""
    recorder = Recorder()
    links = [Link(REMOTE, {"why": "batch", "n": 2}), Link(LOCAL)]
    recorder.tracer().start_span("linked", links=links).end()
    expected = encode_spans(recorder.spans)
    first = expected.resource_spans[0].scope_spans[0].spans[0].links[0]
    first.trace_state = REMOTE.trace_state.to_header()
    assert ours(recorder.spans) == expected


@pytest.mark.parametrize(
    "status", [Status(), Status(StatusCode.OK), Status(StatusCode.ERROR, "out of reagent")]
)
def test_status(status: Status) -> None:
    """The status and its description."""
    recorder = Recorder()
    span = recorder.tracer().start_span("judged")
    span.set_status(status)
    span.end()
    assert ours(recorder.spans) == encode_spans(recorder.spans)


def test_events_of_the_application() -> None:
    """An event keeps its name, time and attributes."""
    recorder = Recorder()
    span = recorder.tracer().start_span("eventful")
    span.add_event("first", {"n": 1, "sizes": [1.5, 2.5]}, timestamp=12345)
    span.add_event("second")
    span.end()
    assert ours(recorder.spans) == encode_spans(recorder.spans)


def test_dropped_counts() -> None:
    """What the limits dropped is counted: attributes, events, links, and theirs."""
    recorder = Recorder(
        SpanLimits(
            max_span_attributes=1, max_events=1, max_links=1,
            max_event_attributes=1, max_link_attributes=1,
        )
    )  # fmt: skip
    links = [Link(LOCAL, {"a": 1, "b": 2, "c": 3})] * 4
    span = recorder.tracer().start_span("much", attributes={"a": 1, "b": 2, "c": 3}, links=links)
    for _ in range(3):
        span.add_event("again", {"a": 1, "b": 2})
    span.end()
    made = only(recorder.spans)
    assert (made.dropped_attributes_count, made.dropped_events_count) == (2, 2)
    assert (made.dropped_links_count, made.events[0].dropped_attributes_count) == (3, 1)
    assert ours(recorder.spans) == encode_spans(recorder.spans)


def test_what_a_link_dropped_is_counted() -> None:
    """The SDK forgets this count of a link it takes; one that has it keeps it."""
    kept = BoundedAttributes(maxlen=1, attributes={"a": 1, "b": 2, "c": 3})
    span = ReadableSpan("s", context=LOCAL, links=[Link(LOCAL, kept)], start_time=1, end_time=2)
    assert only([span]).links[0].dropped_attributes_count == 2


def test_scopes() -> None:
    """Spans stand below their scope: its name, version, schema and attributes."""
    recorder = Recorder()
    schema = "https://opentelemetry.io/schemas/1.30.0"
    tracers = [
        recorder.tracer("one", "1.0", schema, {"team": "lab"}), recorder.tracer("two"),
        recorder.tracer("one", "2.0"),
    ]  # fmt: skip
    for tracer in [*tracers, *tracers]:
        tracer.start_span("s").end()
    assert ours(recorder.spans) == encode_spans(recorder.spans)


def test_a_span_without_a_scope() -> None:
    """A span made by hand has none; it arrives all the same."""
    span = ReadableSpan("by hand", context=LOCAL, start_time=5, end_time=7)
    made = only([span])
    assert (made.name, made.start_time_unix_nano, made.end_time_unix_nano) == ("by hand", 5, 7)


def test_lone_surrogates_do_not_raise() -> None:
    """OpenTelemetry's own encoder would lose the whole batch."""
    recorder = Recorder()
    span = recorder.tracer().start_span("bad \udc80 name", attributes={"k\udc80": "v\udc80"})
    span.add_event("e\udc80")
    span.set_status(Status(StatusCode.ERROR, "s\udc80"))
    span.end()
    made = only(recorder.spans)
    assert made.name == "bad ? name"
    assert made.attributes[0].key == "k?"
    assert made.attributes[0].value.string_value == "v?"
    assert made.events[0].name == "e?"
    assert made.status.message == "s?"


class Weighed(Event, name="wirespans.weighed"):
    """Something was weighed."""

    size: Literal["small", "large"]
    owner: Personal[str]
    sample: Unbounded[int]
    note: Unbounded[str | None] = None


def test_labotels_own_event() -> None:
    """A lazy event arrives as an event of its span: a personal field as its pseudonym."""
    recorder = Recorder()
    span = recorder.tracer("labotel").start_span("weigh")
    values = ("small", "Ada", 7, None)
    add_event(span, SpanEvent(Weighed, values, 99, PseudonymSource(lambda: PSEUDONYMS)))
    span.end()
    expected = PbSpan.Event(name="wirespans.weighed", time_unix_nano=99)
    expected.attributes.add(key="size").value.string_value = "small"
    expected.attributes.add(key="owner").value.string_value = PSEUDONYMS.of("Ada")
    expected.attributes.add(key="sample").value.int_value = 7
    (made,) = only(recorder.spans).events
    assert made == expected
    # and OpenTelemetry's own encoder, where the application has its own exporter, agrees
    assert ours(recorder.spans) == encode_spans(recorder.spans)


MAIL = "ada@example.org"
Put = Callable[[Any], None]


@pytest.mark.parametrize(
    "put",
    [
        lambda span: span.set_attribute("note", f"to {MAIL}"),
        lambda span: span.set_attribute("note", ["fine", f"to {MAIL}"]),
        lambda span: span.set_attribute("note", {"deep": {"list": [f"to {MAIL}"]}}),
        lambda span: span.set_attribute("note", type("Safe", (str,), {})(f"to {MAIL}")),
        lambda span: span.add_event(f"for {MAIL}"),
        lambda span: span.add_event("mail", {"to": MAIL}),
        lambda span: span.add_event("mail", {"to": {"all": [MAIL]}}),
        lambda span: span.add_link(LOCAL, {"to": MAIL}),
        lambda span: span.set_status(Status(StatusCode.ERROR, f"no {MAIL}")),
        lambda span: span.update_name(f"mail {MAIL}"),
        lambda span: span.record_exception(ValueError(f"no {MAIL}")),
        lambda span: span.set_attribute("url.full", f"https://lab/x?mail={MAIL}"),
        lambda span: span.set_attribute("db.statement", f"SELECT 1 WHERE a = '{MAIL}'"),
        lambda span: span.set_attribute("client.address", "10.0.0.7"),
    ],
    ids=[
        "attribute", "list", "nested", "subclass", "event name", "event", "nested in event",
        "link", "status", "name", "exception", "url", "statement", "address",
    ],
)  # fmt: skip
def test_personal_data_in_free_text_is_scrubbed(put: Put) -> None:
    """Wherever a foreign span can hold text, an address in it does not leave."""
    recorder = Recorder()
    span = recorder.tracer("someone.else").start_span("s")
    put(span)
    span.end()
    sent = ours(recorder.spans).SerializeToString()
    assert b"ada" not in sent
    assert b"10.0.0.7" not in sent


def test_the_rest_of_a_scrubbed_span_is_kept() -> None:
    """Scrubbing replaces what it found and nothing else."""
    recorder = Recorder()
    recorder.tracer("someone.else").start_span(
        "s", attributes={"to": f"mail to {MAIL} now", "n": 3, "db.statement": "SELECT a FROM t"}
    ).end()
    kept = {pair.key: pair.value for pair in only(recorder.spans).attributes}
    assert kept["to"].string_value == "mail to [email] now"
    assert kept["n"].int_value == 3
    assert kept["db.statement"].string_value == "SELECT a FROM t"


@pytest.mark.parametrize("key", sorted(SAID))
def test_what_an_application_says_in_place_of_labotel_is_scrubbed(key: str) -> None:
    """The current span of a request is labotel's own: anybody may set its attributes anew."""
    recorder = Recorder()
    recorder.tracer("labotel").start_span("s", attributes={key: f"GET /x of {MAIL}"}).end()
    assert b"ada" not in ours(recorder.spans).SerializeToString()


def test_what_labotel_says_of_itself_stays() -> None:
    """A pseudonym is one."""
    recorder, said = Recorder(), {"enduser.pseudo.id": PSEUDONYMS.of("Ada"), "http.route": "c/<pk>"}
    recorder.tracer("labotel").start_span("s", attributes=said).end()
    assert {p.key: p.value.string_value for p in only(recorder.spans).attributes} == said
