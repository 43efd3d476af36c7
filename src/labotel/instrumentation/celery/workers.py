"""The worker that a process is: its main process says so, from ready to shutdown."""

import os
from collections.abc import Callable
from typing import Any, Final

from labotel.catalogs.tasks import WORKER_COUNT, WorkerReady, WorkerType
from labotel.events.dispatch import tell
from labotel.instrumentation.celery.load import Load
from labotel.instrumentation.celery.receivers import Receivers
from labotel.instrumentation.supplies import Supplies

_POOLS: Final = {
    "celery.concurrency.prefork": WorkerType.PREFORK,
    "celery.concurrency.thread": WorkerType.THREADS,
    "celery.concurrency.solo": WorkerType.SOLO,
    "celery.concurrency.gevent": WorkerType.GEVENT,
    "celery.concurrency.eventlet": WorkerType.EVENTLET,
}


class WorkerObserver:
    """Observes whether this process is a worker; `connect` and `disconnect` it."""

    def __init__(self, fault: Callable[[str, BaseException], None]) -> None:
        self._fault = fault
        self._receivers = Receivers()
        self._supplies = Supplies()
        self._stands: tuple[int, WorkerType, Any] | None = None
        """Its process, its pool and its consumer."""
        self._load = Load(self._consumer)

    def connect(self, amqp: Any) -> None:
        """Observe this process; called when it imports `celery.app.amqp`, as every worker does."""
        if self._receivers:
            return
        from celery import signals

        self._receivers.on(signals.worker_ready, self._ready)
        self._receivers.on(signals.worker_shutdown, self._shut_down)
        self._supplies.give(WORKER_COUNT, self._read)
        self._load.connect()

    def disconnect(self) -> None:
        """Observe nothing any more."""
        self._receivers.disconnect()
        self._supplies.take_back()
        self._load.disconnect()
        self._stands = None

    def has_children(self) -> bool:
        """Tell whether this is the main process of a worker whose children run the tasks."""
        return self._consumer() is not None and self._stands[1] is WorkerType.PREFORK  # type: ignore[index]

    def _ready(self, sender: Any = None, **kwargs: Any) -> None:
        try:
            kind = _type_of(sender.controller.pool_cls)
            self._stands = (os.getpid(), kind, sender)
            tell(WorkerReady(worker_type=kind))
        except Exception as error:
            self._fault("worker_ready", error)

    def _shut_down(self, **kwargs: Any) -> None:
        self._stands = None

    def _read(self) -> list[tuple[WorkerType, int]]:
        """Give 1 in the main process; a child of its pool was forked with what it knows."""
        if self._consumer() is None or self._stands is None:
            return []
        return [(self._stands[1], 1)]

    def _consumer(self) -> Any:
        """Return the consumer of this process, where it is a worker's main one; else None."""
        if self._stands is None or self._stands[0] != os.getpid():
            return None
        return self._stands[2]


def _type_of(pool: type) -> WorkerType:
    """Return what a pool's class is, or is made of."""
    for base in pool.__mro__:
        if base.__module__ in _POOLS:
            return _POOLS[base.__module__]
    return WorkerType.OTHER
