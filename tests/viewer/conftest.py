"""A running receiver, and OpenTelemetry's own SDK and OTLP/HTTP exporters that send to it."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from labotel.viewer.receiver import Receiver

Temporality = dict[type[Any], AggregationTemporality]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(keep_history=True) as running:
        yield running


@dataclass
class Process:
    """One process identity of one service, sending with the real SDK; nothing is global."""

    endpoint: str
    service: str = "lab"
    instance: str = "one"
    compression: Compression = Compression.NoCompression
    shut: list[Callable[[], object]] = field(default_factory=list)

    @property
    def resource(self) -> Resource:
        return Resource({"service.name": self.service, "service.instance.id": self.instance})

    def tracer_provider(self) -> TracerProvider:
        exporter = OTLPSpanExporter(f"{self.endpoint}/v1/traces", compression=self.compression)
        provider = TracerProvider(resource=self.resource, shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        self.shut.append(provider.shutdown)
        return provider

    def logger_provider(self) -> LoggerProvider:
        exporter = OTLPLogExporter(f"{self.endpoint}/v1/logs", compression=self.compression)
        provider = LoggerProvider(resource=self.resource, shutdown_on_exit=False)
        provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
        self.shut.append(provider.shutdown)
        return provider

    def meter_provider(
        self, temporality: Temporality | None = None, views: tuple[View, ...] = ()
    ) -> MeterProvider:
        exporter = OTLPMetricExporter(
            f"{self.endpoint}/v1/metrics",
            compression=self.compression,
            preferred_temporality=temporality,
        )
        # An interval that never comes round: what is exported is what a test flushes.
        reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
        provider = MeterProvider(
            [reader], resource=self.resource, views=views, shutdown_on_exit=False
        )
        self.shut.append(provider.shutdown)
        return provider


@pytest.fixture
def process(receiver: Receiver) -> Iterator[Callable[..., Process]]:
    """Makes processes that send to the receiver; all are shut down at the end."""
    made: list[Process] = []

    def make(
        service: str = "lab",
        instance: str = "one",
        compression: Compression = Compression.NoCompression,
    ) -> Process:
        made.append(Process(receiver.endpoint, service, instance, compression))
        return made[-1]

    yield make
    for one in made:
        for shutdown in one.shut:
            shutdown()


@dataclass
class Answer:
    """One HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One kept-alive connection of a plain HTTP client."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    def post(
        self,
        path: str,
        body: bytes | Iterator[bytes] = b"",
        content_type: str = "application/x-protobuf",
        **headers: str,
    ) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("POST", path, body, {"Content-Type": content_type, **named})

    def get(self, path: str) -> Answer:
        return self.send("GET", path, None, {})

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())


@pytest.fixture
def connect() -> Iterator[Callable[[int], Client]]:
    """Opens plain HTTP clients to any port."""
    made: list[Client] = []

    def make(port: int) -> Client:
        made.append(Client(port))
        return made[-1]

    yield make
    for client in made:
        client.connection.close()


@pytest.fixture
def client(receiver: Receiver, connect: Callable[[int], Client]) -> Client:
    return connect(receiver.port)


@pytest.fixture
def one_span() -> Callable[..., bytes]:
    """The bytes of a request with one span of this name."""

    def make(name: str = "once") -> bytes:
        request = ExportTraceServiceRequest()
        span = request.resource_spans.add().scope_spans.add().spans.add()
        span.name, span.trace_id, span.span_id = name, b"\x01" * 16, b"\x02" * 8
        return request.SerializeToString()

    return make
