"""The Collector is away while an application speaks: all of it arrives, and counts once.

By Prometheus's sum, by the ids of spans, and by the time and text of lines in Loki.
"""

import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from labotel.export.wake import wait_until
from outages import STEADY, waiting_items
from running import end

from .collector import collector
from .stack import Stack

pytestmark = pytest.mark.timeout(600)

NAME = "away"
SMALL = {
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "100",
    "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "100",
    "OTEL_BSP_MAX_QUEUE_SIZE": "500",
    "OTEL_BLRP_MAX_QUEUE_SIZE": "500",
}
"""So little memory that most of an outage is on disk."""


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
                [sys.executable, "-W", "error", "-c", STEADY],
                env=stack.application(NAME, runtime, f"http://127.0.0.1:{server.ports[0]}") | SMALL,
                stdout=output, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            assert wait_until(lambda: _steps(stack) > 300, 60)
            server.kill()
            assert wait_until(lambda: waiting_items(runtime) > 2000, 60)
            on_disk = waiting_items(runtime)
            server.start()
            assert wait_until(lambda: waiting_items(runtime) == 0, 60)
        finally:
            code = end(process)
        assert code == 0, said.read_text()
        count = int(said.read_text().split("said")[1])
        assert wait_until(lambda: _steps(stack) >= count, 60)
        logs = stack.logs(since)
        wait_until(lambda: len(logs.lines(_LINES, time.time())) >= count, 60)
        time.sleep(3)  # the Collector's last batch of metrics
        return Told(count, on_disk, since, time.time())
    finally:
        server.stop()


_LINES = f'{{service_name="{NAME}"}} |= "shop.ordered"'


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
