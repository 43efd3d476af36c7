"""What a worker has on its hands: what it runs, what it took and has not begun, and its slots.

Celery's main process knows all of it (`celery.worker.state`), so nothing is noted on the way of a
task: it is worked out when somebody reads.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from labotel.catalogs.tasks import IN_PROGRESS, RESERVED, WORKER_SLOTS, SlotState
from labotel.instrumentation.celery.names import of_many, queue_of
from labotel.instrumentation.supplies import Supplies
from labotel.policy.cardinality import SERIES_LIMIT

_TRIES: Final = 10


class Load:
    """Supplies the gauges of a worker's load; `consumer` gives its consumer where it stands."""

    def __init__(self, consumer: Callable[[], Any]) -> None:
        self._consumer = consumer
        self._supplies = Supplies()
        self._queues: set[str] = set()

    def connect(self) -> None:
        """Supply them from now on."""
        self._supplies.give(IN_PROGRESS, self._in_progress)
        self._supplies.give(RESERVED, self._reserved)
        self._supplies.give(WORKER_SLOTS, self._slots)

    def disconnect(self) -> None:
        """Supply nothing any more."""
        self._supplies.take_back()
        self._queues.clear()

    def _in_progress(self) -> Iterator[tuple[str, int]]:
        """Give each task that runs; one that this worker ran before is 0, else its last stood."""
        consumer = self._consumer()
        if consumer is None:
            return
        from celery.worker import state

        now = Counter(request.task.name for request in _all(state.active_requests))
        # Between two readings it may have come and gone. A name that only a message gave is none.
        ran = {name for name in list(state.total_count) if name in consumer.app.tasks}
        for name in ran | now.keys():
            yield name, now[name]

    def _reserved(self) -> Iterator[tuple[str, int]]:
        """Give what waits in this worker, by the queue that it came from."""
        consumer = self._consumer()
        if consumer is None:
            return
        from celery.worker import state

        active = set(map(id, _active()))
        waiting = [one for one in _all(state.reserved_requests) if id(one) not in active]
        yield from self._by_queue(consumer, waiting).items()

    def _slots(self) -> Iterator[tuple[str, SlotState, int]]:
        """Give the slots that have a task of each queue, and those that could take one.

        A free slot is free for each queue that the worker consumes.
        """
        consumer = self._consumer()
        if consumer is None:
            return
        busy = self._by_queue(consumer, _active())
        free = max(0, _size(consumer) - sum(busy.values()))
        consumed = _consumed(consumer)
        for queue, number in busy.items():
            yield queue, SlotState.BUSY, number
            yield queue, SlotState.FREE, free if queue in consumed else 0

    def _by_queue(self, consumer: Any, requests: list[Any]) -> Counter[str]:
        """Count them by their queues; one that there was before, or that is consumed, is there."""
        now = Counter(queue_of(consumer.app, one.delivery_info) for one in requests)
        if len(self._queues) < SERIES_LIMIT:
            self._queues.update(now, _consumed(consumer))
        return Counter({queue: now[queue] for queue in self._queues | now.keys()})


def _size(consumer: Any) -> int:
    """Return how many tasks the worker's pool runs at once; 0 where it is stopped."""
    pool = consumer.pool
    try:
        # Of greenlets, an older Celery gives as `num_processes` how many run at this moment.
        return int(pool.limit if pool.is_green else pool.num_processes)
    except AttributeError:  # prefork's pool has none any more
        return 0


def _consumed(consumer: Any) -> set[str]:
    return set(filter(of_many, list(consumer.app.amqp.queues.consume_from)))


def _active() -> list[Any]:
    from celery.worker import state

    return _all(state.active_requests)


def _all(requests: Any) -> list[Any]:
    """Return what is in a weak set that another thread changes meanwhile."""
    for _ in range(_TRIES):
        try:
            return list(requests)
        except RuntimeError:  # it changed while it was read
            continue
    return list(requests)
