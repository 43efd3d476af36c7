"""A test's events in OpenTelemetry's in-memory exporters: `python -m benchmarks.by_hand.recording`.

A counter cannot be cleared: the totals at the last `clear` are taken off, as tests by hand do.
"""

from opentelemetry import _logs, metrics, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader, Sum
from opentelemetry.sdk.trace import TracerProvider

from benchmarks.by_hand.event import plain, speaker
from benchmarks.workload import recording
from benchmarks.workload.completed import COUNTER


class Memory:
    """The three providers with their in-memory ends."""

    def __init__(self) -> None:
        trace.set_tracer_provider(TracerProvider())
        self.reader = InMemoryMetricReader()
        metrics.set_meter_provider(MeterProvider(metric_readers=[self.reader]))
        self.records = InMemoryLogRecordExporter()
        loggers = LoggerProvider()
        loggers.add_log_record_processor(SimpleLogRecordProcessor(self.records))
        _logs.set_logger_provider(loggers)
        self.before = 0

    def total(self) -> int:
        """Return the counter's sum over the canine series."""
        data = self.reader.get_metrics_data()
        scopes = [s for r in data.resource_metrics for s in r.scope_metrics] if data else []
        found = 0
        for metric in (m for scope in scopes for m in scope.metrics if m.name == COUNTER):
            assert isinstance(metric.data, Sum)
            for point in metric.data.data_points:
                if (point.attributes or {}).get("species") == "canine":
                    found += int(point.value)
        return found

    def clear(self) -> None:
        """Forget the records, and remember the total."""
        self.records.clear()
        self.before = self.total()

    def ask(self) -> tuple[int, int]:
        """Ask for the metric and the events of one species."""
        records = [log.log_record for log in self.records.get_finished_logs()]
        canine = [r for r in records if (r.attributes or {}).get("species") == "canine"]
        return self.total() - self.before, len(canine)


if __name__ == "__main__":
    memory = Memory()
    recording.run(plain, speaker(), memory.ask, memory.clear)
