"""Joining an application's own providers: they get what labotel would have sent."""

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.trace import SpanContext, TraceFlags

from labotel import Counter, Event, Histogram, Personal, Unbounded, UpDownCounter
from labotel.export.foreign import ForeignLogs, ForeignMetrics
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.cells import Meter
from labotel.signals.records import Failure, Foreign, Line

PSEUDONYMS = Pseudonyms(b"tests")
SPAN = SpanContext(0xABCDEF0123456789ABCDEF0123456789, 0x1234567890ABCDEF, False, TraceFlags(1))
MAIL = "ada@example.org"


class Reported(
    Event,
    name="foreign.reported",
    instruments=(Counter("foreign_reports_total", by=("size",)),),
    body="report {sample}",
):
    """A report was sent."""

    size: Literal["small", "large"]
    owner: Personal[str]
    sample: Unbounded[int]
    duration: Annotated[
        timedelta, Histogram("foreign_duration_seconds", by=("size",), buckets=(1.0, 5.0))
    ]
    revenue: Annotated[Decimal, Counter("foreign_revenue_total", by=())]
    balance: Annotated[float | None, UpDownCounter("foreign_balance", by=())] = None


def values(**said: Any) -> tuple[Any, ...]:
    """Return an event's values."""
    usual = {
        "size": "small", "owner": "Ada", "sample": 7, "duration": timedelta(seconds=2),
        "revenue": Decimal("19.50"), "balance": -1.5,
    }  # fmt: skip
    return tuple({**usual, **said}.values())


class Measured:
    """A meter provider of the application's, into which an event is drained."""

    def __init__(self) -> None:
        self.reader = InMemoryMetricReader()
        self.provider = MeterProvider([self.reader], shutdown_on_exit=False)
        self.noted: list[tuple[str, str]] = []
        metrics = ForeignMetrics(self.provider)
        self.say = metrics.build(Reported, Meter(), lambda *said: self.noted.append(said))

    def points(self) -> dict[str, Any]:
        """Return the first point of each metric."""
        data = self.reader.get_metrics_data()
        assert data is not None
        (scope,) = data.resource_metrics[0].scope_metrics
        assert scope.scope.name == "labotel"
        return {metric.name: metric.data.data_points[0] for metric in scope.metrics}


@pytest.fixture
def measured() -> Iterator[Measured]:
    """Such a provider."""
    made = Measured()
    yield made
    made.provider.shutdown()


def test_an_event_is_measured_in_the_applications_provider(measured: Measured) -> None:
    """Each instrument under its full name, with its unit, labels and buckets."""
    measured.say(values(), 1, None)
    measured.say(values(balance=1.0, duration=timedelta(seconds=9)), 2, None)
    found = measured.points()
    assert found["foreign_reports_total"].value == 2
    assert dict(found["foreign_reports_total"].attributes) == {"size": "small"}
    assert found["foreign_revenue_total"].value == 39.0
    assert dict(found["foreign_revenue_total"].attributes) == {}
    assert found["foreign_balance"].value == -0.5
    histogram = found["foreign_duration_seconds"]
    assert (histogram.count, histogram.sum) == (2, 11.0)
    assert (list(histogram.explicit_bounds), list(histogram.bucket_counts)) == ([1, 5], [0, 1, 1])


def test_units_and_kinds(measured: Measured) -> None:
    """As they are declared."""
    measured.say(values(), 1, None)
    data = measured.reader.get_metrics_data()
    assert data is not None
    metrics = {m.name: m for m in data.resource_metrics[0].scope_metrics[0].metrics}
    assert metrics["foreign_duration_seconds"].unit == "s"
    assert metrics["foreign_reports_total"].data.is_monotonic
    assert not metrics["foreign_balance"].data.is_monotonic
    assert metrics["foreign_reports_total"].description == "A report was sent."


def test_a_label_outside_its_type_is_other(measured: Measured) -> None:
    """The bounds of the series are labotel's here too."""
    measured.say(values(size="huge"), 1, None)
    assert dict(measured.points()["foreign_reports_total"].attributes) == {"size": "other"}
    assert ("value", "foreign_reports_total.size") in measured.noted


def test_a_value_that_no_instrument_takes(measured: Measured) -> None:
    """It is counted as refused; the other instruments of the event have theirs."""
    measured.say(values(revenue=Decimal(-1)), 1, None)
    assert measured.points()["foreign_reports_total"].value == 1
    assert "foreign_revenue_total" not in measured.points()
    assert measured.noted == [("amount", "foreign_revenue_total")]


def test_an_optional_value_that_is_none_is_no_complaint(measured: Measured) -> None:
    """There is nothing to measure, and nothing wrong."""
    measured.say(values(balance=None), 1, None)
    assert "foreign_balance" not in measured.points()
    assert measured.noted == []


def test_an_exemplar_leads_to_the_span(measured: Measured) -> None:
    """The SDK takes it from the context of the sampled span."""
    measured.say(values(), 1, SPAN)
    (exemplar,) = measured.points()["foreign_reports_total"].exemplars
    assert (exemplar.trace_id, exemplar.span_id) == (SPAN.trace_id, SPAN.span_id)


@pytest.fixture
def memory() -> InMemoryLogRecordExporter:
    """Where the application's records go."""
    return InMemoryLogRecordExporter()


def said(memory: InMemoryLogRecordExporter, *items: Any) -> list[Any]:
    """Say what waits through the application's logger provider; return its records."""
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
    waiting = deque(items)
    ForeignLogs(provider).say(waiting, PSEUDONYMS)
    assert not waiting
    return list(memory.get_finished_logs())


def test_an_event_is_a_record_of_the_application(memory: InMemoryLogRecordExporter) -> None:
    """Its name, body, severity, fields and trace; personal fields as pseudonyms."""
    (made,) = said(memory, (Reported, values(balance=None), 12345, SPAN, None, None))
    assert made.instrumentation_scope.name == "labotel"
    record = made.log_record
    assert (record.timestamp, record.event_name) == (12345, "foreign.reported")
    assert record.body == "report 7"
    assert (record.severity_number, record.severity_text) == (SeverityNumber.INFO, "INFO")
    assert (record.trace_id, record.span_id, record.trace_flags) == (*SPAN[:2], SPAN.trace_flags)
    assert dict(record.attributes) == {
        "event.name": "foreign.reported",
        "size": "small",
        "owner": PSEUDONYMS.of("Ada"),
        "sample": 7,
        "duration": 2.0,
        "revenue": 19.5,
    }


def test_a_failed_event(memory: InMemoryLogRecordExporter) -> None:
    """ERROR, with the exception scrubbed, its stack too."""
    failure = Failure("LabError", f"no mail to {MAIL}", f"line 1: {MAIL}")
    (made,) = said(memory, (Reported, values(), 1, None, failure, None))
    record = made.log_record
    assert (record.severity_number, record.severity_text) == (SeverityNumber.ERROR, "ERROR")
    assert record.attributes["exception.type"] == "LabError"
    assert record.attributes["exception.message"] == "no mail to [email]"
    assert record.attributes["exception.stacktrace"] == "line 1: [email]"


@pytest.mark.parametrize(
    ("level", "number"),
    [
        (5, SeverityNumber.TRACE), (10, SeverityNumber.DEBUG), (20, SeverityNumber.INFO),
        (30, SeverityNumber.WARN), (40, SeverityNumber.ERROR), (50, SeverityNumber.FATAL),
    ],
)  # fmt: skip
def test_a_line_of_the_standard_logging(
    memory: InMemoryLogRecordExporter, level: int, number: SeverityNumber
) -> None:
    """Below its logger, scrubbed, at its severity."""
    line = Line("lab.views", level, f"to {MAIL}", 5, SPAN, None, {"to": MAIL, "all": [MAIL]})
    (made,) = said(memory, line)
    record = made.log_record
    assert made.instrumentation_scope.name == "lab.views"
    assert (record.severity_number, record.severity_text) == (number, number.name)
    assert (record.body, record.timestamp, record.trace_id) == ("to [email]", 5, SPAN.trace_id)
    assert record.attributes["to"] == "[email]"
    assert list(record.attributes["all"]) == ["[email]"]


def test_a_record_of_the_logs_api_is_not_said_twice(memory: InMemoryLogRecordExporter) -> None:
    """It went to the application's provider by itself."""
    assert said(memory, Foreign("app", 1, 9, "", "body", {}, "", (0, 0, 0))) == []


def test_the_actor_of_an_event_and_of_a_line(memory: InMemoryLogRecordExporter) -> None:
    """One attribute of each record."""
    who = "p-" + "0" * 18
    line = Line("lab.views", 20, "x", 5, SPAN, None, {}, who)
    made = said(memory, (Reported, values(), 1, None, None, who), line)
    assert [m.log_record.attributes["enduser.pseudo.id"] for m in made] == [who, who]
