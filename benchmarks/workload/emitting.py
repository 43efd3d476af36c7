"""Events inside sampled spans: the loop that is measured, the same for every side."""

import sys
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from opentelemetry.trace import Tracer

from benchmarks.measured import Run, measure
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


def run(
    tracer: Tracer,
    say: Callable[[T], None],
    prepared: Callable[..., T],
    flush: Callable[[], object],
    shutdown: Callable[[], object],
) -> None:
    """Warm up, measure and print one run; `prepared` makes an item of a protocol's values."""
    per_span = int(sys.argv[1])
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
        lambda a, b: emitting(tracer, say, items[a:b], per_span),
        flush,
        shutdown,
        empty=lambda a, b: emitting(tracer, nothing, items[a:b], per_span),
    )
