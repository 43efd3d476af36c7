"""The OpenTelemetry SDK as its documentation sets it up: batch processors, OTLP/HTTP exporters.

Endpoint, service name, queue sizes and metric interval come from the standard environment, which
is the same for both sides.
"""

from opentelemetry import _logs, metrics, trace
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


class Sdk:
    """The three providers, set as the global ones."""

    def __init__(self) -> None:
        resource = Resource.create()
        self.tracers = TracerProvider(resource=resource, shutdown_on_exit=False)
        self.tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        trace.set_tracer_provider(self.tracers)
        self.meters = MeterProvider(
            metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter())],
            resource=resource,
            shutdown_on_exit=False,
        )
        metrics.set_meter_provider(self.meters)
        self.loggers = LoggerProvider(resource=resource, shutdown_on_exit=False)
        self.loggers.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
        _logs.set_logger_provider(self.loggers)

    def flush(self) -> None:
        """Export everything said so far."""
        self.tracers.force_flush()
        self.loggers.force_flush()
        self.meters.force_flush()

    def shutdown(self) -> None:
        """Export everything and end."""
        self.tracers.shutdown()
        self.loggers.shutdown()
        self.meters.shutdown()
