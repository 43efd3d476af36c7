"""Log records on the wire, against what OpenTelemetry's own encoder makes of the same records."""

import logging
import time
from typing import Any, Literal

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as PbRecord
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from labotel import Event, Personal, Unbounded
from labotel.export import wire
from labotel.export.wire_logs import LogEncoder
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.records import Failure, Foreign, Line

RESOURCE = {"service.name": "lab", "service.instance.id": "x-0"}
PSEUDONYMS = Pseudonyms(b"tests")
SPAN = SpanContext(0xABCDEF0123456789ABCDEF0123456789, 0x1234567890ABCDEF, False, TraceFlags(1))
MAIL = "ada@example.org"


class Sampled(Event, name="wirelogs.sampled", severity="WARN"):
    """A sample was taken."""

    size: Literal["small", "large"]
    owner: Personal[str]
    sample: Unbounded[int]
    note: Unbounded[str | None] = None


class Filed(Event, name="wirelogs.filed", body="sample {sample}, {size}: {note}"):
    """A sample was filed."""

    size: Literal["small", "large"]
    sample: Unbounded[int]
    note: Unbounded[str | None] = None


def ours(*items: Any) -> ExportLogsServiceRequest:
    """Return what labotel makes of queue items and lines, at first and again."""
    encoder = LogEncoder(PSEUDONYMS)
    first = encoder.encode(wire.resource(RESOURCE), items)
    again = encoder.encode(wire.resource(RESOURCE), items)  # what is kept changes nothing
    made = ExportLogsServiceRequest.FromString(first)
    assert sorted_by_key(ExportLogsServiceRequest.FromString(again)) == sorted_by_key(made)
    return made


def only(item: Any) -> PbRecord:
    """Return the record of a single item."""
    (record,) = ours(item).resource_logs[0].scope_logs[0].log_records
    return record


def sorted_by_key(request: ExportLogsServiceRequest) -> ExportLogsServiceRequest:
    """Return a request whose attributes are in order and whose observed times are 0."""
    copy = ExportLogsServiceRequest()
    copy.CopyFrom(request)
    for scope in copy.resource_logs[0].scope_logs:
        for record in scope.log_records:
            record.observed_time_unix_nano = 0
            record.attributes.sort(key=lambda pair: pair.key)
    return copy


def theirs(scope: str, span: SpanContext | None = None, **said: Any) -> ExportLogsServiceRequest:
    """Return what OpenTelemetry's encoder makes of a record of its own."""
    if span is not None:
        said["context"] = set_span_in_context(NonRecordingSpan(span))
    record = LogRecord(observed_timestamp=0, **said)
    return encode_logs([ReadableLogRecord(record, Resource(RESOURCE), InstrumentationScope(scope))])


@pytest.mark.parametrize("span", [None, SPAN], ids=["outside", "inside a span"])
def test_an_event(span: SpanContext | None) -> None:
    """Everything stands where OpenTelemetry has it, the name as an attribute too (for Loki)."""
    made = ours((Sampled, ("small", "Ada", 7, None), 12345, span, None, None))
    assert sorted_by_key(made) == sorted_by_key(
        theirs(
            "labotel",
            span,
            timestamp=12345,
            severity_text="WARN",
            severity_number=SeverityNumber.WARN,
            body="wirelogs.sampled",
            event_name="wirelogs.sampled",
            attributes={
                "event.name": "wirelogs.sampled",
                "size": "small",
                "owner": PSEUDONYMS.of("Ada"),
                "sample": 7,
            },
        )
    )


def test_the_observed_time_is_now() -> None:
    """It is the time of the encoding, not the event's."""
    before = time.time_ns()
    made = only((Sampled, ("small", "Ada", 7, None), 1, None, None, None))
    assert before <= made.observed_time_unix_nano <= time.time_ns()


def test_a_body_with_places() -> None:
    """`{field}` is the field's value; a value with braces in it is no place."""
    assert only((Filed, ("small", 7, "{x}"), 1, None, None, None)).body.string_value == (
        "sample 7, small: {x}"
    )


@pytest.mark.parametrize("kind", [Sampled, Filed])
def test_a_failure(kind: type[Event]) -> None:
    """The exception's type, message and stack, scrubbed; the severity is ERROR."""
    said = {"size": "small", "owner": "Ada", "sample": 7, "note": "n"}
    values = tuple(said[field.name] for field in kind._plan.fields)
    failure = Failure("LabError", f"no mail to {MAIL}", f"line 1: {MAIL}")
    made = only((kind, values, 1, None, failure, None))
    assert (made.severity_number, made.severity_text) == (17, "ERROR")
    fields = {pair.key: pair.value.string_value for pair in made.attributes}
    assert fields["exception.type"] == "LabError"
    assert fields["exception.message"] == "no mail to [email]"
    assert fields["exception.stacktrace"] == "line 1: [email]"
    assert fields["event.name"] == made.event_name == kind._plan.name


@pytest.mark.parametrize(
    ("level", "number", "name"),
    [
        (logging.DEBUG, SeverityNumber.DEBUG, "DEBUG"),
        (logging.INFO, SeverityNumber.INFO, "INFO"),
        (logging.WARNING, SeverityNumber.WARN, "WARN"),
        (logging.ERROR, SeverityNumber.ERROR, "ERROR"),
        (logging.CRITICAL, SeverityNumber.FATAL, "FATAL"),
        (logging.INFO + 5, SeverityNumber.INFO, "INFO"),
        (5, SeverityNumber.TRACE, "TRACE"),
        (99, SeverityNumber.FATAL, "FATAL"),
    ],
)
def test_a_line_of_the_standard_logging(level: int, number: SeverityNumber, name: str) -> None:
    """Its logger is the scope; levels are severities by OpenTelemetry's logs data model."""
    line = Line("lab.views", level, "done", 12345, SPAN, None, {"rows": 3})
    assert sorted_by_key(ours(line)) == theirs(
        "lab.views",
        SPAN,
        timestamp=12345,
        severity_text=name,
        severity_number=number,
        body="done",
        attributes={"rows": 3},
    )


def test_a_lines_texts_are_scrubbed() -> None:
    """Message, extra fields however deep, exception and stack."""
    failure = Failure("ValueError", MAIL, f"raise ValueError({MAIL!r})")
    extra = {"to": MAIL, "all": [MAIL], "deep": {"to": {"x": MAIL}}}
    made = ours(Line("lab", 20, f"to {MAIL}", 1, None, failure, extra))
    assert b"ada@" not in made.SerializeToString()
    record = made.resource_logs[0].scope_logs[0].log_records[0]
    assert record.body.string_value == "to [email]"


def foreign(**said: Any) -> Foreign:
    """Return a record of the logs API that says this and no more."""
    given = {
        "logger": "app",
        "time": 12345,
        "severity": 0,
        "severity_text": "",
        "body": None,
        "attributes": {},
        "event_name": "",
        "trace": (0, 0, 0),
    }
    return Foreign(**{**given, **said})


def test_a_record_of_the_logs_api() -> None:
    """Everything that its caller said, and the event's name as an attribute too."""
    attributes = {"n": -1, "list": [1, "two"], "map": {"a": {"b": None}}, "raw": b"\x00"}
    made = ours(
        foreign(
            severity=10,
            severity_text="notice",
            body={"text": "said", "parts": [1.5, True]},
            attributes=attributes,
            event_name="app.said",
            trace=(SPAN.trace_id, SPAN.span_id, 1),
        )
    )
    expected = theirs(
        "app",
        SPAN,
        timestamp=12345,
        severity_text="notice",
        severity_number=SeverityNumber.INFO2,
        body={"text": "said", "parts": [1.5, True]},
        attributes={**attributes, "event.name": "app.said"},
        event_name="app.said",
    )
    assert sorted_by_key(made) == sorted_by_key(expected)


def test_an_empty_record_of_the_logs_api() -> None:
    """What was not said is not there."""
    made = ours(foreign())
    expected = theirs("app", timestamp=12345)
    expected.resource_logs[0].scope_logs[0].log_records[0].ClearField("body")  # an empty value
    assert sorted_by_key(made) == sorted_by_key(expected)


@pytest.mark.parametrize("body", [f"to {MAIL}", {"to": MAIL}, [f"to {MAIL}", {"x": [MAIL]}]])
def test_a_foreign_body_and_attributes_are_scrubbed(body: Any) -> None:
    """Texts in a structured body too."""
    made = ours(foreign(body=body, attributes={"to": MAIL, "deep": {"to": [MAIL]}}))
    assert b"ada@" not in made.SerializeToString()


def test_lone_surrogates_do_not_raise() -> None:
    """A name of a file that is no Unicode stands in many a log line."""
    line = Line("lab\udc80", 20, "no \udc80", 1, None, None, {"k\udc80": "v\udc80"})
    assert only(line).body.string_value == "no ?"
    event = (Sampled, ("small", "A\udc80", 7, "n\udc80"), 1, None, None, None)
    assert {p.key: p.value.string_value for p in only(event).attributes}["note"] == "n?"
    assert only(foreign(body="b\udc80", event_name="e\udc80")).event_name == "e?"


def test_scopes_are_loggers_and_resources_one() -> None:
    """Events stand below labotel's scope, lines below their loggers'."""
    event = (Sampled, ("small", "Ada", 7, None), 1, None, None, None)
    lines = [Line(name, 20, "x", 1, None, None, {}) for name in ("a", "b", "a")]
    (group,) = ours(lines[0], event, *lines[1:], event, foreign(logger="b")).resource_logs
    found = {scope.scope.name: len(scope.log_records) for scope in group.scope_logs}
    assert found == {"labotel": 2, "a": 2, "b": 2}
    assert {p.key: p.value.string_value for p in group.resource.attributes} == RESOURCE


def test_the_actor_of_an_event_and_of_a_line() -> None:
    """One attribute of the record, by OpenTelemetry's conventions; none where nobody is known."""
    values = ("small", "Ada", 7, None)
    for who in ("p-" + "0" * 18, None):
        event = only((Sampled, values, 1, None, None, who))
        line = only(Line("lab", 20, "x", 1, None, None, {}, who))
        for record in (event, line):
            said = [p.value.string_value for p in record.attributes if p.key == "enduser.pseudo.id"]
            assert said == ([] if who is None else [who])
