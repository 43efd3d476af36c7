"""Providers that the application set or gave: joined and never replaced, in a process each."""

import json
from typing import Any

import pytest

from labotel.viewer.receiver import Receiver
from running import python

MAKE = """
import json, logging, os
from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
import labotel
from project.telemetry import Ordered, catalog

spans, logs, reader = InMemorySpanExporter(), InMemoryLogRecordExporter(), InMemoryMetricReader()
tracers = TracerProvider(shutdown_on_exit=False)
tracers.add_span_processor(SimpleSpanProcessor(spans))
loggers = LoggerProvider(shutdown_on_exit=False)
loggers.add_log_record_processor(SimpleLogRecordProcessor(logs))
meters = MeterProvider([reader], shutdown_on_exit=False)
"""
SET = """
trace.set_tracer_provider(tracers)
_logs.set_logger_provider(loggers)
metrics.set_meter_provider(meters)
labotel.configure(catalogs=[catalog])
"""
GIVEN = """
labotel.configure(catalogs=[catalog], tracer_provider=tracers, meter_provider=meters,
                  logger_provider=loggers)
"""
SAY = """
with trace.get_tracer("app").start_as_current_span("outer"):
    for i in range(3):
        labotel.emit(Ordered(size="small", order_id=i))
    logging.getLogger("app").warning("to %s", "ada@example.org")
ok = labotel.flush(5)
metrics_found = {
    metric.name: [point.value for point in metric.data.data_points]
    for resource in reader.get_metrics_data().resource_metrics
    for scope in resource.scope_metrics for metric in scope.metrics
    if hasattr(metric.data.data_points[0], "value")
}
finished = logs.get_finished_logs()
outer = [span for span in spans.get_finished_spans() if span.name == "outer"][0]
print(json.dumps({
    "same": [trace.get_tracer_provider() is tracers, metrics.get_meter_provider() is meters,
             _logs.get_logger_provider() is loggers],
    "ok": ok,
    "spans": [span.name for span in spans.get_finished_spans()],
    "span events": [[event.name, dict(event.attributes)] for event in outer.events],
    "orders": metrics_found.get("orders_total"),
    "records": [[r.log_record.event_name, r.log_record.body] for r in finished],
    "in trace": all(r.log_record.trace_id == outer.context.trace_id for r in finished),
}))
"""


@pytest.mark.parametrize("how", [SET, GIVEN], ids=["set before", "given"])
def test_the_applications_providers_get_everything(
    receiver: Receiver, environment: dict[str, str], how: str
) -> None:
    """Spans with labotel's events, values in its instruments, records; none goes elsewhere."""
    found: dict[str, Any] = json.loads(python(MAKE + how + SAY, environment))
    assert found["same"] == [True, True, True]
    assert found["ok"]
    assert found["spans"] == ["outer"]
    assert found["span events"] == [
        ["shop.ordered", {"size": "small", "order_id": i}] for i in range(3)
    ]
    assert found["orders"] == [3]
    assert sorted(found["records"], key=str) == [
        *[["shop.ordered", "shop.ordered"]] * 3,
        [None, "to [email]"],
    ]
    assert found["in trace"]
    assert receiver.spans == []
    assert receiver.logs == []
    assert receiver.store.total("orders_total") == 0


def test_what_goes_into_the_applications_instruments_is_not_exported_too(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Not even at 0: one metric would come from two places under two identities."""
    python(MAKE + SET + SAY, environment)
    assert "orders_total" not in {point.name for point in receiver.points}


def test_timed_works_with_the_applications_tracer_provider(
    receiver: Receiver, environment: dict[str, str]
) -> None:
    """Its spans are made by the application's provider and seen by its processors."""
    script = """
with labotel.timed(Ordered, size="small", order_id=1):
    pass
print(json.dumps([span.name for span in spans.get_finished_spans()]))
"""
    assert json.loads(python(MAKE + SET + script, environment)) == ["shop.ordered"]


@pytest.mark.parametrize("only", ["tracers", "meters", "loggers"])
def test_one_provider_alone_can_be_the_applications(
    receiver: Receiver, environment: dict[str, str], only: str
) -> None:
    """The other signals are labotel's own, and arrive at its receiver."""
    keyword = {"tracers": "tracer", "meters": "meter", "loggers": "logger"}[only]
    script = f"""
labotel.configure(catalogs=[catalog], {keyword}_provider={only})
with trace.get_tracer("app").start_as_current_span("outer"):
    labotel.emit(Ordered(size="small", order_id=1))
assert labotel.flush(5)
data = reader.get_metrics_data()
print(json.dumps([len(spans.get_finished_spans()), data is not None,
                  len(logs.get_finished_logs())]))
"""
    found = json.loads(python(MAKE + script, environment))
    assert found == [int(only == "tracers"), only == "meters", int(only == "loggers")]
    orders = receiver.store.total("orders_total", size="small")
    assert [len(receiver.spans), bool(orders), len(receiver.logs)] == [
        int(only != "tracers"),
        only != "meters",
        int(only != "loggers"),
    ]
