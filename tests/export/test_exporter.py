"""Metrics of a process whose receiver is away: deltas wait, totals need not."""

import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labotel.export import slots, snapshot
from labotel.export.exporter import DELTAS, Exporter
from labotel.export.keeper import Keeper
from labotel.export.settings import resolve
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.cells import Meter, Metric
from labotel.signals.pipeline import Pipeline
from labotel.signals.spans import PseudonymSource
from outages import Outage

FAR = 60.0


@dataclass
class Counting:
    """A process that counts orders, and exports when the test says so."""

    exporter: Exporter
    keeper: Keeper
    pipeline: Pipeline

    def export(self) -> bool:
        """Count one order more, and export."""
        orders = self.pipeline.meter.get("orders_total", Metric("orders_total", "counter", ()))
        orders.cell((), time.time_ns()).value += 1
        return self.exporter.metrics(time.monotonic() + FAR)


def counting(**keywords: Any) -> Counting:
    """Return a process with these settings."""
    settings, problems = resolve(keywords, {}, {})
    assert problems == []
    pipeline = Pipeline(PseudonymSource(lambda: Pseudonyms(b"key")))
    attributes = {"service.name": "lab"}
    keeper = Keeper(settings, attributes, pipeline, [])
    keeper.take()
    exporter = Exporter(settings, attributes, pipeline, deque(), keeper)
    exporter.prepare()
    return Counting(exporter, keeper, pipeline)


def test_deltas_wait_in_memory_up_to_a_limit(outage: Outage, tmp_path: Path) -> None:
    """Where no disk keeps them; the newest stay, and what went is counted, to the point."""
    nowhere = tmp_path / "file"
    nowhere.touch()
    process = counting(
        endpoint=outage.receiver.endpoint, temporality="delta", runtime_dir=str(nowhere)
    )
    outage.away = True
    assert not any(process.export() for _ in range(DELTAS + 10))
    outage.away = False
    assert process.export()
    points = outage.receiver.store.history("orders_total")
    assert [point.value for point in points] == [1] * (DELTAS + 1)
    meter = Meter()
    process.pipeline.tally.settle(meter, time.time_ns())
    lost = meter.metrics["labotel_dropped_total"].cells
    assert {labels: cell.value for labels, cell in lost.items()} == {("metrics", "queue_full"): 10}


def test_what_nobody_holds_begins_once(outage: Outage, tmp_path: Path) -> None:
    """Its zero goes with each export until one was taken, and not again."""
    process = counting(endpoint=outage.receiver.endpoint, runtime_dir=str(tmp_path))
    before, folder = Meter(), process.keeper.folder
    assert folder is not None
    left = before.get("orders_total", Metric("orders_total", "counter", ()))
    left.cell((), time.time_ns()).value = 3
    snapshot.write(slots.file_of(folder, 1), snapshot.dump(before))
    outage.away = True
    assert not process.export()
    outage.away = False
    assert process.export() and process.export()
    values: dict[str, list[float | None]] = {}
    for point in outage.receiver.store.history("orders_total"):
        values.setdefault(point.resource["service.instance.id"], []).append(point.value)
    assert sorted(values.values()) == [[0, 2, 3], [0, 3, 3]]
    process.keeper.release()
