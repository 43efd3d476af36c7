"""The slots that nobody holds: encoded by one process, which keeps nobody from starting."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.metrics.v1.metrics_pb2 import NumberDataPoint
from opentelemetry.trace import SpanContext

from labotel.export import idle, locks, slots, snapshot
from labotel.export.folder import RuntimeFolder, deployment_of, service_of
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
    attributes = {"service.name": "lab", "service.namespace": "clinic"}
    keeper: Any = SimpleNamespace(
        folder=folder,
        lease=slots.lease_of(folder),
        attributes=attributes,
        deployment=deployment_of(attributes),
    )
    return IdleSlots(keeper, tally)


def leave(folder: RuntimeFolder, number: int, count: int, cause: SpanContext | None = None) -> Path:
    """Leave a slot with so many orders, the last of them in a span."""
    meter = Meter()
    cell = meter.get("orders_total", Metric("orders_total", "counter", ())).cell((), NOW - 2)
    cell.value = count
    if cause is not None:
        cell.exemplar = (1, NOW - 1, cause)
    path = slots.file_of(folder, number)
    snapshot.write(path, snapshot.dump(meter))
    return path


def points(body: bytes) -> list[list[NumberDataPoint]]:
    """Return the points of each resource's orders."""
    request = ExportMetricsServiceRequest.FromString(body)
    return [
        list(metric.sum.data_points)
        for resource in request.resource_metrics
        for metric in resource.scope_metrics[0].metrics
    ]


def orders(body: bytes) -> list[int]:
    """Return the last value of each resource's orders."""
    return [found[-1].as_int for found in points(body)]


def values(body: bytes) -> list[list[int]]:
    """Return all values of each resource's orders: the first export of a series begins with 0."""
    return [[point.as_int for point in found] for found in points(body)]


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


def test_a_series_begins_once(folder: RuntimeFolder, idle_slots: IdleSlots) -> None:
    """Until it was taken each export has its zero; then none, by whoever exports the slot."""
    path = leave(folder, 0, 3)
    assert values(idle_slots.encode(NOW)[0]) == [[0, 3]]
    body, touched = idle_slots.encode(NOW + 1)
    assert values(body) == [[0, 3]]
    idle_slots.mark(touched)
    body, touched = idle_slots.encode(NOW + 2)
    assert values(body) == [[3]] and touched == {}
    assert not slots.read(path)[0].touch()


def test_who_took_a_slot_meanwhile_is_not_overwritten(
    folder: RuntimeFolder, idle_slots: IdleSlots
) -> None:
    """Between the export and its answer a process took the slot, counted, and gave it back."""
    leave(folder, 0, 3)
    _, touched = idle_slots.encode(NOW)
    text = leave(folder, 0, 5).read_bytes()
    idle_slots.mark(touched)
    assert slots.file_of(folder, 0).read_bytes() == text


def test_a_slot_that_is_held_is_not_marked(folder: RuntimeFolder, idle_slots: IdleSlots) -> None:
    """Whoever holds it writes it."""
    path = leave(folder, 0, 3)
    _, touched = idle_slots.encode(NOW)
    text = path.read_bytes()
    slot = slots.take(folder)
    assert slot.number == 0
    idle_slots.mark(touched)
    assert path.read_bytes() == text
    slot.release()


def test_an_exemplar_goes_once(folder: RuntimeFolder, idle_slots: IdleSlots) -> None:
    """It was sent with the export after it."""
    leave(folder, 0, 3, SpanContext(trace_id=1, span_id=2, is_remote=False))
    sent = [points(idle_slots.encode(NOW + n)[0])[0][-1] for n in (0, 1)]
    assert [len(point.exemplars) for point in sent] == [1, 0]


def test_a_service_that_lives_exports_its_own(
    folder: RuntimeFolder, idle_slots: IdleSlots, tmp_path: Path
) -> None:
    """Another exports for it while nobody has its lease, and gives that back."""
    attributes = {"service.name": "commands", "service.namespace": "clinic"}
    other = RuntimeFolder(tmp_path, service_of(attributes), "x")
    other.describe(attributes, "x")
    leave(folder, 0, 3)
    leave(other, 0, 4)
    assert orders(idle_slots.encode(NOW)[0]) == [3, 4]
    theirs = slots.lease_of(other)
    assert theirs.held()
    assert orders(idle_slots.encode(NOW + 1)[0]) == [3]
    theirs.release()
    assert orders(idle_slots.encode(NOW + 2)[0]) == [3, 4]


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
