"""10,000 series with labotel: `python -m benchmarks.with_labotel.series scrape|export|slot`."""

import sys
from collections.abc import Callable
from typing import Annotated

import labotel
from benchmarks.measured import Run, measure
from benchmarks.with_labotel.ends import flush
from benchmarks.workload.seriesof import METRICS, TIMES, VALUES, name, value
from labotel import Catalog, Counter, Event, Limited
from labotel.configure import present
from labotel.export import slots, snapshot
from labotel.instrumentation import pages


def _event(metric: int) -> type[Event]:
    class Seen(
        Event,
        name=f"bench.seen{metric}",
        instruments=(Counter(name(metric)),),
        log=False,
        span=False,
    ):
        """Something was seen."""

        kind: Annotated[str, Limited(VALUES)]

    return Seen


def _scrape() -> Callable[[], object]:
    page = pages.current()
    assert page is not None

    def scrape() -> None:
        _, body = page.render("")
        assert body.count(b"kind-") == METRICS * VALUES

    return scrape


def _slot() -> Callable[[], object]:
    assembly = present()
    assert assembly is not None
    pipeline, keeper = assembly.pipeline, assembly.runtime.keeper
    slot, meter = keeper.slot, pipeline.meter
    assert slot is not None

    def write_and_carry() -> None:
        with keeper.writing, pipeline.lock:  # the drainer writes this slot each second, too
            slot.save(snapshot.dump(meter))
        found, damage = slots.read(slot.path)
        assert damage is None
        snapshot.carry(type(meter)(), found)

    return write_and_carry


if __name__ == "__main__":
    events = [_event(metric) for metric in range(METRICS)]
    labotel.configure(
        catalogs=[Catalog("bench", events=events)], strict=False, instrument=(), metric_interval=900
    )
    for event in events:
        for number in range(VALUES):
            labotel.emit(event(kind=value(number)))
    flush()
    act = {"scrape": _scrape, "export": lambda: flush, "slot": _slot}[sys.argv[1]]()
    act()
    measure(Run(TIMES), lambda a, b: [act() for _ in range(a, b)], flush, lambda: None)
