"""10,000 series by hand: `python -m benchmarks.by_hand.series scrape|export|slot`.

The SDK's Prometheus reader and prometheus_client's text; the SDK's OTLP exporter. A slot has no
like there: the same totals as one JSON text, dumped and written, read and loaded.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from opentelemetry import metrics
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from prometheus_client import REGISTRY, generate_latest

from benchmarks.measured import Run, measure
from benchmarks.workload.seriesof import METRICS, TIMES, VALUES, name, value


def _fill(reader: Any) -> MeterProvider:
    provider = MeterProvider(metric_readers=[reader], shutdown_on_exit=False)
    metrics.set_meter_provider(provider)
    meter = metrics.get_meter("bench")
    for metric in range(METRICS):
        counter = meter.create_counter(name(metric))
        for number in range(VALUES):
            counter.add(1, {"kind": value(number)})
    return provider


def _scrape() -> Callable[[], object]:
    _fill(PrometheusMetricReader())
    return lambda: generate_latest(REGISTRY)


def _export() -> Callable[[], object]:
    return _fill(PeriodicExportingMetricReader(OTLPMetricExporter())).force_flush


def _slot() -> Callable[[], object]:
    path = Path(tempfile.mkdtemp(dir=os.environ["LABOTEL_RUNTIME_DIR"])) / "totals.json"
    totals = {name(m): [[[value(n)], 0, 0, 1, None] for n in range(VALUES)] for m in range(METRICS)}

    def slot() -> None:
        fresh = path.with_suffix(".new")
        fresh.write_bytes(json.dumps(totals, separators=(",", ":")).encode())
        fresh.replace(path)
        assert len(json.loads(path.read_bytes())) == METRICS

    return slot


def _nothing() -> None:
    """Nothing waits."""


if __name__ == "__main__":
    act = {"scrape": _scrape, "export": _export, "slot": _slot}[sys.argv[1]]()
    act()
    measure(Run(TIMES), lambda a, b: [act() for _ in range(a, b)], _nothing, _nothing)
