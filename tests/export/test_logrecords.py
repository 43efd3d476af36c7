"""Records of OpenTelemetry's logs API, as labotel takes them."""

from typing import Any

import pytest
from opentelemetry._logs import Logger, LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from labotel.export.logrecords import DelegatingLoggerProvider
from labotel.signals.carried import Carried
from labotel.signals.records import Foreign

SPAN = SpanContext(0xABCDEF0123456789ABCDEF0123456789, 0x1234567890ABCDEF, False, TraceFlags(1))
INSIDE = set_span_in_context(NonRecordingSpan(SPAN))


@pytest.fixture
def taken() -> list[Foreign]:
    """What was taken."""
    return []


@pytest.fixture
def logger(taken: list[Foreign]) -> Logger:
    """A logger whose records are taken there."""
    return DelegatingLoggerProvider(taken.append, lambda error: None).get_logger(
        "app", "1.0", "https://schema"
    )


SAID: dict[str, Any] = {
    "timestamp": 12345,
    "severity_number": SeverityNumber.WARN2,
    "severity_text": "careful",
    "body": {"text": "said"},
    "attributes": {"n": 1},
    "event_name": "app.said",
}


@pytest.mark.parametrize("whole", [True, False])
def test_a_record_is_taken_as_it_was_said(
    logger: Logger, taken: list[Foreign], whole: bool
) -> None:
    """Given whole, or by its fields; with the ids of its context's span."""
    if whole:
        logger.emit(LogRecord(**SAID, context=INSIDE))
    else:
        logger.emit(**SAID, context=INSIDE)
    assert taken == [
        Foreign(
            "app", 12345, 14, "careful", {"text": "said"}, {"n": 1}, "app.said",
            (SPAN.trace_id, SPAN.span_id, 1),
        )
    ]  # fmt: skip


def test_the_actor_in_force_stands_on_it(logger: Logger, taken: list[Foreign]) -> None:
    """As it stands on a line of the standard logging."""
    with Carried(Context(), lambda: "p-1").in_force():
        logger.emit(body="x")
    logger.emit(body="y")
    assert [r.attributes for r in taken] == [{"enduser.pseudo.id": "p-1"}, {}]


def test_what_was_not_said_is_empty(logger: Logger, taken: list[Foreign]) -> None:
    """But for the time: a record without one is of the time at which it was observed."""
    logger.emit(observed_timestamp=99)
    assert taken == [Foreign("app", 99, 0, "", None, {}, "", (0, 0, 0))]


@pytest.mark.parametrize("whole", [True, False])
def test_an_exception_stands_on_the_record(
    logger: Logger, taken: list[Foreign], whole: bool
) -> None:
    """Its type and message, by OpenTelemetry's conventions; what the caller said stays."""
    given: dict[str, Any] = {
        "attributes": {"exception.message": "mine"},
        "exception": ValueError("no"),
    }
    if whole:
        logger.emit(LogRecord(**given))
    else:
        logger.emit(**given)
    fields = taken[0].attributes
    assert (fields["exception.type"], fields["exception.message"]) == ("ValueError", "mine")


def test_what_the_caller_changes_later_does_not_reach_the_record(
    logger: Logger, taken: list[Foreign]
) -> None:
    """Its attributes are a copy."""
    fields = {"n": 1}
    logger.emit(attributes=fields)
    fields["n"] = 2
    assert taken[0].attributes == {"n": 1}


def test_every_logger_is_enabled(logger: Logger) -> None:
    """Who asks before it says something is told to say it."""
    assert logger.enabled()
    assert logger.enabled(severity_number=SeverityNumber.DEBUG, event_name="app.said")
