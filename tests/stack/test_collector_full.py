"""A queue of the Collector's that is full: what it refuses is counted, and is an alert."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from running import free_port

from . import backends
from .collector import Collector
from .collector_payloads import log
from .collector_sink import eventually
from .prometheus import Prometheus

pytestmark = pytest.mark.timeout(300)

ROOM = 1000
"""Records: the least that a queue for logs may have room for."""
EACH = 400
TOLD_WITHIN = 90.0
"""The Collector tells of itself each 15 s."""


@pytest.fixture
def metrics(tmp_path: Path) -> Iterator[Prometheus]:
    """Prometheus, with the rules that are rendered."""
    server = backends.prometheus(tmp_path / "prometheus")
    server.start()
    yield Prometheus(f"http://127.0.0.1:{server.ports[0]}")
    server.stop()


def test_what_is_refused_is_an_alert(metrics: Prometheus, tmp_path: Path) -> None:
    """Loki is away, the queue takes what it has room for, and the rest stays with who sent it."""
    running = Collector(
        tmp_path / "collector", metrics.address, LOKI_URL=f"http://127.0.0.1:{free_port()}",
        QUEUE_LOGS=str(ROOM),
    )  # fmt: skip
    running.start()
    answers = [running.send("logs", log("x", EACH)) for _ in range(10)]
    refused = len(answers) - answers.count(200)
    assert refused and set(answers) == {200, 503}

    def told() -> list[tuple[dict[str, str], float]]:
        return metrics.query('last_over_time(ALERTS{alertname="CollectorQueueFull"}[1m])')

    [(labels, _)] = eventually(told, TOLD_WITHIN)
    assert (labels["instance"], labels["exporter"]) == ("collector", "otlp_http/loki")
    assert (labels["alertstate"], labels["severity"]) == ("firing", "critical")
    counter = "otelcol_exporter_enqueue_failed_log_records_total"
    assert metrics.number(f"last_over_time({counter}[1m])") == refused * EACH
    running.stop(backends_away=True)
