"""The Collector is away while an application speaks: all of it arrives, and counts once.

By Prometheus's sum, by the ids of spans, and by the time and text of lines in Loki.
"""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from labotel.export.wake import wait_until
from running import clean_environment, end

from .collector import collector
from .stack import TOKEN, Stack

pytestmark = pytest.mark.timeout(600)

TESTS = Path(__file__).parents[1]
NAME = "away"
SCRIPT = """
import signal, threading
import labotel
from opentelemetry import trace
from project.telemetry import Ordered, catalog

labotel.configure(catalogs=[catalog])
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
tracer = trace.get_tracer("app")
number = 0
while not ended.wait(0.005):
    with tracer.start_as_current_span(f"step {number}"):
        labotel.emit(Ordered(size="small", order_id=number))
    number += 1
print(number, flush=True)
labotel.shutdown()
"""


@dataclass
class Told:
    """How much was said, how much waited on disk, and when."""

    count: int
    on_disk: int
    since: float
    until: float


@pytest.fixture(scope="module")
def told(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """It speaks for some time, a third of it to nobody; then everything has arrived."""
    folder = tmp_path_factory.mktemp("away")
    runtime = folder / "runtime"
    server = collector(folder / "collector", stack.environment())
    server.start()
    since = time.time()
    try:
        said = folder / "said"
        with said.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-W", "error", "-c", SCRIPT],
                env=_environment(server.ports[0], runtime),
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            assert wait_until(lambda: _steps(stack) > 300, 60)
            server.kill()
            assert wait_until(lambda: _items(runtime) > 2000, 60)
            on_disk = _items(runtime)
            server.start()
            assert wait_until(lambda: _items(runtime) == 0, 60)
        finally:
            code = end(process)
        assert code == 0, said.read_text()
        count = int(said.read_text().splitlines()[-1])
        assert wait_until(lambda: _steps(stack) >= count, 60)
        logs = stack.logs(since)
        wait_until(lambda: len(logs.lines(_LINES, time.time())) >= count, 60)
        time.sleep(3)  # the Collector's last batch of metrics
        return Told(count, on_disk, since, time.time())
    finally:
        server.stop()


_LINES = f'{{service_name="{NAME}"}} |= "shop.ordered"'


def _environment(port: int, runtime: Path) -> dict[str, str]:
    return clean_environment() | {
        "PYTHONPATH": str(TESTS),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer {TOKEN}",
        "OTEL_SERVICE_NAME": NAME,
        "OTEL_METRIC_EXPORT_INTERVAL": "1000",
        "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "100",
        "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "100",
        "OTEL_BSP_MAX_QUEUE_SIZE": "500",
        "OTEL_BLRP_MAX_QUEUE_SIZE": "500",
        "LABOTEL_RUNTIME_DIR": str(runtime),
        "LABOTEL_PSEUDONYM_KEY": "tests",
    }


def _items(runtime: Path) -> int:
    return sum(int(path.name.split("-")[3]) for path in runtime.glob("*/left-*"))


def _steps(stack: Stack) -> int:
    return len({s.span_id for s in stack.traces.spans if s.resource["service.name"] == NAME})


def test_most_of_it_waited_on_disk(told: Told) -> None:
    """Memory had room for 500 of each: the test is none else."""
    assert told.count > 1000 and told.on_disk > 2000


def test_the_sum_is_what_was_said(told: Told, stack: Stack) -> None:
    """The slot is the queue of metrics: whatever did not go is in the next export."""
    query = f'sum(last_over_time(orders_total{{service_name="{NAME}"}}[10m]))'
    assert stack.metrics().number(query, told.until) == told.count


def test_every_span_is_there_by_its_id(told: Told, stack: Stack) -> None:
    """At least once on the wire; a trace store knows a span by its id."""
    spans = [s for s in stack.traces.spans if s.resource["service.name"] == NAME]
    by_id = {span.span_id: span.name for span in spans}
    assert sorted(by_id.values()) == sorted(f"step {n}" for n in range(told.count))


def test_every_line_is_there_once(told: Told, stack: Stack) -> None:
    """Loki keeps a line once that comes twice with one time and one text."""
    lines = stack.logs(told.since).lines(_LINES, told.until)
    numbers = [int(line.said["order_id"]) for line in lines]
    assert sorted(numbers) == list(range(told.count))
    # In the order of their times they are in the order in which they were said.
    assert numbers == sorted(numbers)
