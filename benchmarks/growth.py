"""How cost grows: `python -m benchmarks.growth` prints the table of docs/performance.md.

Each line is one process (or one with so many others' slots), sending to a receiver of its own
every second, watched for some seconds; the figure is CPU, by the process's own clock, without what
the loop itself takes.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Annotated, Final

from benchmarks import children
from benchmarks.measured import process_cpu

SECONDS: Final = 10
RATES: Final = (10, 100, 1_000, 5_000)
SERIES: Final = (100, 1_000, 10_000)
PROCESSES: Final = (1, 10, 100)


def main() -> None:
    """Measure each line in a process of its own, and print the table."""
    if len(sys.argv) > 1:
        print(json.dumps(_CHILDREN[sys.argv[1]](int(sys.argv[2]))))
        return
    with children.receiver() as endpoint:
        for what, title, sizes in (
            ("rate", "events a second, each with a record and a span", RATES),
            ("series", "series of one process", SERIES),
            ("slots", "ended processes of 100 series, exported by one", PROCESSES),
        ):
            print(f"\n| {title} | ms of CPU a second | size of the process, MiB |\n|---|---|---|")
            for size in sizes:
                cpu, memory = _run(what, size, endpoint)
                print(f"| {size:,} | {cpu:.1f} | {memory:.0f} |", flush=True)


def _run(what: str, size: int, endpoint: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory(prefix="labotel-bench-") as folder:
        environ = children.environment(os.environ, endpoint, folder)
        environ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000"
        done = subprocess.run(
            [*children.module("growth"), what, str(size)],
            env=environ, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    if done.returncode:
        raise children.RunFailed(done.stderr[-2000:])
    cpu, memory = json.loads(done.stdout)
    return cpu, memory


def _watched(act: Callable[[], Iterator[None]]) -> tuple[float, float]:
    """Return ms of CPU a second while an iteration goes on, and the process's largest size."""
    import resource

    time.sleep(2)  # the start is over
    began, until = process_cpu(), time.monotonic() + SECONDS
    for _ in act():
        if time.monotonic() >= until:
            break
    spent = (process_cpu() - began) / SECONDS * 1000
    return spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _idle() -> Iterator[None]:
    while True:
        time.sleep(0.1)
        yield


def _rate(rate: int) -> tuple[float, float]:
    """Say so many events a second; the spans, which are the SDK's, and the loop are taken off."""
    from opentelemetry import trace

    import labotel
    from benchmarks.with_labotel.declared import catalog
    from benchmarks.with_labotel.emit import say
    from benchmarks.workload.completed import Completed, completed

    labotel.configure(catalogs=[catalog], strict=False, instrument=())
    items = [Completed(*values) for values in completed(1000)]
    tracer = trace.get_tracer("bench")

    def pace(number: int, speak: bool) -> Iterator[None]:
        due = time.monotonic()
        while True:
            if speak:
                with tracer.start_as_current_span("work"):
                    say(items[number % 1000])
            number += 1
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
            yield

    say(items[0])
    silent, _ = _watched(lambda: pace(0, False))
    spoken, memory = _watched(lambda: pace(0, True))
    return spoken - silent, memory


def _said(number: int, values: int) -> None:
    """Make so many series of ten counters each."""
    import labotel
    from labotel import Catalog, Counter, Event, Limited

    made = []
    for metric in range(-(-number // values)):

        class Seen(
            Event,
            name=f"bench.seen{metric}",
            instruments=(Counter(f"bench_seen{metric}_total"),),
            log=False,
            span=False,
        ):
            """Something was seen."""

            kind: Annotated[str, Limited(values)]

        made.append(Seen)
    labotel.configure(catalogs=[Catalog("bench", events=made)], strict=False, instrument=())
    for event in made:
        for n in range(values):
            labotel.emit(event(kind=f"kind-{n:04d}"))


def _series(number: int) -> tuple[float, float]:
    """Make the series and say no more: all are exported each second."""
    _said(number, min(number, 1000))
    return _watched(_idle)


def _slots(number: int) -> tuple[float, float]:
    """Leave so many slots, then export them all."""
    import labotel

    for _ in range(number):
        pid = os.fork()
        if pid == 0:
            _said(100, 100)
            time.sleep(2 + number / 20)  # all are there at once
            labotel.shutdown(30)
            os._exit(0)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            break
    _said(100, 100)
    return _watched(_idle)


_CHILDREN: Final[dict[str, Callable[[int], tuple[float, float]]]] = {
    "rate": _rate, "series": _series, "slots": _slots,
}  # fmt: skip

if __name__ == "__main__":
    main()
