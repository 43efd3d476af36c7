"""Many threads at once: every event is counted exactly once."""

import asyncio
import threading
from collections.abc import Callable
from typing import Annotated, Literal

from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.signals.pipeline import Pipeline

THREADS, EACH = 8, 5000


class Counted(
    Event,
    name="t.threads.counted",
    log=False,
    instruments=(Counter("t_threads_total", by=("kind",)),),
):
    """An event of the tests."""

    kind: Literal["a", "b"]
    size: Annotated[int, Histogram("t_threads_size", by=(), buckets=(1, 2))]


def run(work: Callable[[int], None]) -> None:
    """Run `work` in every thread, all let go at once."""
    gate = threading.Barrier(THREADS)

    def one(n: int) -> None:
        gate.wait()
        work(n)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)


def assert_exact(pipeline: Pipeline) -> None:
    """Each thread said EACH events, half of either kind, of the sizes 0 to 3 in turn."""
    pipeline.drain()
    total = THREADS * EACH
    metrics = pipeline.meter.metrics
    half = total // 2
    assert {k: c.value for k, c in metrics["t_threads_total"].cells.items()} == {
        ("a",): half, ("b",): half,
    }  # fmt: skip
    cell = metrics["t_threads_size"].cells[()]
    assert (cell.count, cell.sum) == (total, total // 4 * (0 + 1 + 2 + 3))
    assert cell.counts == [half, total // 4, total // 4]
    assert metrics["labotel_events_emitted_total"].cells[()].value == total


def say(pipeline: Pipeline) -> None:
    """What each thread says."""
    for n in range(EACH):
        pipeline.emit(Counted(kind="a" if n % 2 else "b", size=n % 4))


def test_threads_that_emit_lose_nothing(pipeline: Pipeline) -> None:
    """Past the limit each of them helps to drain."""
    run(lambda n: say(pipeline))
    assert_exact(pipeline)


def test_threads_that_drain_meanwhile_lose_nothing(pipeline: Pipeline) -> None:
    """Several drains at once, as of a flush beside labotel's own thread."""
    done = threading.Event()

    def drain() -> None:
        while not done.is_set():
            pipeline.drain()

    drainers = [threading.Thread(target=drain) for _ in range(2)]
    for drainer in drainers:
        drainer.start()
    try:
        run(lambda n: say(pipeline))
    finally:
        done.set()
        for drainer in drainers:
            drainer.join(60)
    assert_exact(pipeline)


def test_tasks_of_an_event_loop_lose_nothing(pipeline: Pipeline) -> None:
    """In coroutines as in threads."""

    async def work() -> None:
        for n in range(EACH):
            pipeline.emit(Counted(kind="a" if n % 2 else "b", size=n % 4))
            if n % 500 == 0:
                await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(*(work() for _ in range(THREADS)))

    asyncio.run(main())
    assert_exact(pipeline)
