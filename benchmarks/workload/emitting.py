"""Events inside sampled spans, of one thread or several: the same loop for every side."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from opentelemetry.trace import Tracer

from benchmarks.measured import Run, Work, measure
from benchmarks.workload.completed import COUNTER, HISTOGRAM, completed

T = TypeVar("T")

EVENTS: Final = 20_000
WARM: Final = 1_000


def emitting(tracer: Tracer, say: Callable[[T], None], items: Sequence[T], per_span: int) -> None:
    """Say every item, `per_span` of them in each span."""
    for start in range(0, len(items), per_span):
        with tracer.start_as_current_span("work"):
            for item in items[start : start + per_span]:
                say(item)


def nothing(item: object) -> None:
    """Say nothing: what is left of the loop are its spans."""


class Threads:
    """Shares units between so many threads at once, whole steps each; knows their CPU time."""

    def __init__(self, number: int, step: int) -> None:
        self._number = number
        self._step = step
        self._spent: list[float] = []

    def cpu(self) -> float:
        """Return the CPU seconds of all that was shared so far."""
        return sum(self._spent)

    def share(self, begin: int, end: int, work: Work) -> None:
        """Do the units from `begin` up to `end`."""
        steps = -(-(end - begin) // self._step)
        size = -(-steps // self._number) * self._step
        ranges = [(start, min(start + size, end)) for start in range(begin, end, size)]
        if self._number == 1:
            self._do(work, *ranges[0])
            return
        threads = [threading.Thread(target=self._do, args=(work, *each)) for each in ranges]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _do(self, work: Work, begin: int, end: int) -> None:
        began = time.thread_time()
        work(begin, end)
        self._spent.append(time.thread_time() - began)


def run(
    tracer: Tracer,
    say: Callable[[T], None],
    prepared: Callable[..., T],
    flush: Callable[[], object],
    shutdown: Callable[[], object],
) -> None:
    """Warm up, measure and print one run; `prepared` makes an item of a protocol's values."""
    per_span = int(sys.argv[1])
    threads = Threads(int(sys.argv[2]), per_span)
    items = [prepared(*values) for values in completed(EVENTS)]
    emitting(tracer, say, items[:WARM], per_span)
    expected = {
        "spans": EVENTS // per_span,
        "span_events": EVENTS,
        "logs": EVENTS,
        COUNTER: WARM + EVENTS,
        HISTOGRAM: WARM + EVENTS,
    }
    measure(
        Run(EVENTS, expected),
        lambda a, b: threads.share(a, b, lambda c, d: emitting(tracer, say, items[c:d], per_span)),
        flush,
        shutdown,
        lambda a, b: threads.share(
            a, b, lambda c, d: emitting(tracer, nothing, items[c:d], per_span)
        ),
        threads.cpu,
    )
