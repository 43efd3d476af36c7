"""One container of a deployment reads its gauges, over one PostgreSQL or one Redis."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from labotel.viewer.points import NO_VALUE
from labotel.viewer.receiver import Receiver

from . import debian
from .containers import INTERVAL, PACE, Containers, settings_of, wait_for
from .servers import Server

pytestmark = pytest.mark.timeout(300)

HOSTS = ("web-1", "web-2", "web-3")
SILENCE = 2 * PACE * INTERVAL
"""Seconds after which somebody would have asked for a lease that is free."""


@pytest.fixture
def home() -> Iterator[Path]:
    """Where PostgreSQL lives; its user must reach it."""
    with TemporaryDirectory(prefix="labotel-postgresql-") as folder:
        yield Path(folder)


@pytest.fixture(params=["postgresql", "redis"])
def server(request: pytest.FixtureRequest, tmp_path: Path, home: Path) -> Iterator[Server]:
    """The server that all containers share."""
    folder = tmp_path / "server"
    made = debian.redis(folder) if request.param == "redis" else debian.postgresql(folder, home)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def containers(server: Server, environment: dict[str, str], tmp_path: Path) -> Iterator[Containers]:
    """Three of one service."""
    made = Containers(tmp_path, environment, settings_of(server))
    made.start(*HOSTS)
    yield made
    made.stop()


@pytest.fixture
def shown(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The gauge's value of each process whose series has not ended; the viewer passes over ends."""
    values: dict[str, float] = {}
    take = receiver.store.receive

    def receive(request: Any, size: int) -> None:
        if isinstance(request, ExportMetricsServiceRequest):
            for group in request.resource_metrics:
                who = {a.key: a.value.string_value for a in group.resource.attributes}
                for point in _points(group):
                    values[who["service.instance.id"]] = point.as_int
                    if point.flags & NO_VALUE:
                        del values[who["service.instance.id"]]
        take(request, size)

    monkeypatch.setattr(receiver.store, "receive", receive)
    return values


def _points(group: Any) -> list[Any]:
    metrics = [m for scope in group.scope_metrics for m in scope.metrics]
    return [p for m in metrics if m.name == "samples_waiting" for p in m.gauge.data_points]


def _hosts_seen(receiver: Receiver, since: int = 0) -> set[Any]:
    """Return who said since a time (ns) how much memory its host has."""
    return {
        p.resource["service.instance.id"]
        for p in receiver.points
        if p.name == "memory_usage_bytes" and p.time_ns > since
    }


def test_one_of_three_reads(
    containers: Containers, receiver: Receiver, shown: dict[str, float]
) -> None:
    """The sum at the receiver is one reading; the host's own gauges are each host's to read."""
    wait_for(lambda: len(_hosts_seen(receiver)) == 3, containers.everything_said)
    since = time.time()
    readings = containers.wait_for_readings(5, since)
    assert len({r.host for r in readings}) == 1
    wait_for(lambda: list(shown.values()) == [7])
    assert receiver.store.total("labotel_faults_total") == 0


def test_a_killed_reader_is_followed(containers: Containers) -> None:
    """Within the time in which the others ask again, and Redis forgets: the same one from then."""
    former = containers.wait_for_readings(3)[-1].host
    containers.end(former, signal.SIGKILL)
    killed = time.time()
    readings = containers.wait_for_readings(4, killed + 0.01)
    assert len({r.host for r in readings}) == 1
    assert readings[0].host != former


def test_a_reader_that_ends_leaves_no_reading(
    containers: Containers, shown: dict[str, float]
) -> None:
    """Its series ends, and the next one need not wait for the lease to expire."""
    former = containers.wait_for_readings(3)[-1].host
    wait_for(lambda: list(shown.values()) == [7])
    (ending,) = shown
    containers.end(former)
    assert ending not in shown
    readings = containers.wait_for_readings(3, time.time())
    assert former not in {r.host for r in readings}
    wait_for(lambda: list(shown.values()) == [7])


def test_a_server_that_restarts(containers: Containers, server: Server) -> None:
    """While it is away nobody reads, as nobody knows who else does; then one does again."""
    containers.wait_for_readings(2)
    server.kill()
    gone = time.time()
    wait_for(lambda: any("does not answer" in containers.said(host) for host in HOSTS))
    time.sleep(SILENCE)
    assert not containers.readings(gone + INTERVAL)
    server.start()
    back = time.time()
    readings = containers.wait_for_readings(5, back)
    assert len({r.host for r in readings}) == 1


def test_a_server_that_hangs(containers: Containers, server: Server, receiver: Receiver) -> None:
    """It holds up no other gauge, and is said once; when it goes on, one reads again."""
    reader = containers.wait_for_readings(2)[-1].host
    pids = _family(server)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    stopped = time.time()
    try:
        wait_for(lambda: "does not answer" in containers.said(reader), containers.everything_said)
        time.sleep(SILENCE)
        assert not containers.readings(stopped + PACE * INTERVAL)
        assert all(containers.said(host).count("does not answer") <= 1 for host in HOSTS)
        seen = time.time_ns()
        wait_for(lambda: len(_hosts_seen(receiver, seen)) == 3)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    readings = containers.wait_for_readings(4, time.time())
    assert len({r.host for r in readings}) == 1


def _family(server: Server) -> list[int]:
    """Return the ids of a server's processes."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text()
    return [server.pid, *map(int, children.split())]
