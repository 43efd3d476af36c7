"""The slots that nobody holds: encoded by one process, which keeps nobody from starting."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from labotel.export import idle, locks, slots, snapshot
from labotel.export.folder import RuntimeFolder
from labotel.export.idle import IdleSlots
from labotel.signals.cells import Meter, Metric
from labotel.signals.tally import Tally

NOW = 10**18


@pytest.fixture
def tally() -> Tally:
    """What labotel counts of itself."""
    return Tally()


@pytest.fixture
def idle_slots(folder: RuntimeFolder, tally: Tally) -> IdleSlots:
    """The idle slots of a service, to be encoded by this process."""
    keeper: Any = SimpleNamespace(
        folder=folder,
        lease=slots.lease_of(folder),
        attributes={"service.name": "lab"},
        deployment=("lab", ""),
    )
    return IdleSlots(keeper, tally)


def leave(folder: RuntimeFolder, number: int, count: int) -> Path:
    """Leave a slot with so many orders."""
    meter = Meter()
    metric = meter.get("orders_total", Metric("orders_total", "counter", ()))
    metric.cell((), NOW).value = count
    path = slots.file_of(folder, number)
    snapshot.write(path, snapshot.dump(meter))
    return path


def orders(body: bytes) -> list[int]:
    """Return the last value of each resource's orders."""
    request = ExportMetricsServiceRequest.FromString(body)
    return [
        metric.sum.data_points[-1].as_int
        for resource in request.resource_metrics
        for metric in resource.scope_metrics[0].metrics
    ]


def test_who_starts_does_not_wait_until_they_are_encoded(
    folder: RuntimeFolder, idle_slots: IdleSlots, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hundreds of slots of thousands of series take seconds: a child may live shorter."""
    leave(folder, 0, 3)
    leave(folder, 1, 4)
    encode = idle.wire_metrics.metric
    taken: list[bool] = []

    def look(*given: Any) -> Any:
        handle = locks.attempt(folder.path / "slots.lock")
        taken.append(handle is not None)
        if handle is not None:
            locks.free(handle)
        return encode(*given)

    monkeypatch.setattr(idle.wire_metrics, "metric", look)
    body, _ = idle_slots.encode(NOW)
    assert orders(body) == [3, 4] and taken == [True, True]


def test_a_damaged_file_is_set_aside_and_counted(
    folder: RuntimeFolder, idle_slots: IdleSlots, tally: Tally
) -> None:
    """Once; the other slots are exported all the same."""
    damaged = leave(folder, 0, 3)
    damaged.write_bytes(damaged.read_bytes()[:50])
    leave(folder, 1, 4)
    for _ in range(2):
        assert orders(idle_slots.encode(NOW)[0]) == [4]
    assert damaged.with_suffix(".damaged").exists() and not damaged.exists()
    meter = Meter()
    tally.settle(meter, NOW)
    cells = meter.metrics["labotel_faults_total"].cells
    assert {where: cell.value for where, cell in cells.items()} == {("slot_damaged",): 1}
