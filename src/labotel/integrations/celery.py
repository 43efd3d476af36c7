"""Celery: tasks, workers, the beat, what is published, and the queues."""

from collections.abc import Callable

from labotel.instrumentation.celery.beat import BeatObserver
from labotel.instrumentation.celery.publishing import PublishObserver
from labotel.instrumentation.celery.queues import QueueObserver
from labotel.instrumentation.celery.requests import RequestObserver
from labotel.instrumentation.celery.tasks import TaskObserver
from labotel.instrumentation.celery.workers import WorkerObserver
from labotel.integrations.joint import Joint


def join(joint: Joint) -> None:
    """Observe all of it."""

    def lower() -> None:
        if joint.logs is not None:
            joint.logs.lower()

    start: Callable[[], None] = joint.runtime.start
    observer = TaskObserver(lower, start, joint.runtime.end_child)
    # The first is imported when a task is published or consumed, the second when one is run:
    # until then a process that merely has Celery need not import its instrumentation.
    joint.when("celery.app.amqp", observer)
    joint.when("celery.app.trace", observer)
    workers = WorkerObserver(joint.fault)
    joint.when("celery.worker.request", RequestObserver(joint.fault, workers.has_children))
    joint.when("celery.app.amqp", workers)
    joint.when("celery.beat", BeatObserver(joint.fault))
    joint.when("celery.app.base", PublishObserver())
    joint.when("celery.app.base", QueueObserver(joint.fault))
