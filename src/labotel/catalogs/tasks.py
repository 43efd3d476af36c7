"""Background tasks: one event for each run; the workers that stand, and what waits for them."""

from enum import StrEnum
from typing import Annotated

from labotel.events.buckets import SECONDS
from labotel.events.catalog import Absence, Alert, Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited
from labotel.events.who import SERVICE


class TaskStatus(StrEnum):
    """How a run ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    RETRY = "retry"
    REVOKED = "revoked"
    TIMEOUT = "timeout"


class TaskFinished(
    Event,
    name="celery.task",
    instruments=(Counter("celery_tasks_total", by=("task_name", "status")),),
    log=False,
    span=False,
):
    """A run of a task ended; one that was revoked before it began has no duration."""

    task_name: Annotated[str, Limited(200)]
    status: TaskStatus
    duration: (
        Annotated[
            float, Histogram("celery_task_duration_seconds", by=("task_name",), buckets=SECONDS)
        ]
        | None
    )


class TaskBegun(Event, name="celery.task.begun", log=False, span=False):
    """A worker began to run a task; `wait` is since it could have: its publishing, or its eta.

    Only messages that a process with labotel published say when; clocks of two hosts may differ.
    """

    queue_name: Annotated[str, Limited(200)]
    wait: Annotated[
        float, Histogram("celery_task_wait_seconds", by=("queue_name",), buckets=SECONDS)
    ]


class WorkerType(StrEnum):
    """How a worker runs its tasks: Celery's pools."""

    PREFORK = "prefork"
    THREADS = "threads"
    SOLO = "solo"
    GEVENT = "gevent"
    EVENTLET = "eventlet"
    OTHER = "other"


class WorkerReady(Event, name="celery.worker.ready", log=False, span=False):
    """A worker stands. This counts nothing, but a process that said it reads gauges from then on.

    The main process of a prefork worker runs no task, so it would say nothing else, ever.
    """

    worker_type: WorkerType


class BeatReady(Event, name="celery.beat.ready", log=False, span=False):
    """A beat looked at its schedule for the first time. As `WorkerReady`, it counts nothing."""


QUEUE_LENGTH = Gauge(
    "celery_queue_length",
    by={"queue_name": Annotated[str, Limited(200)]},
    scope="service",
    description="Messages that wait in a queue of the broker.",
)
WORKER_COUNT = Gauge(
    "celery_worker_count",
    by={"worker_type": WorkerType},
    scope="process",
    description="Workers that are ready for tasks: 1 in the main process of each.",
)

BEAT_TICK = Gauge(
    "celery_beat_last_tick_timestamp_seconds",
    scope="process",
    description="When a beat last looked at what is due, in s since 1970.",
)

catalog = Catalog(
    "tasks",
    events=[TaskBegun, TaskFinished, WorkerReady, BeatReady],
    gauges=[QUEUE_LENGTH, WORKER_COUNT, BEAT_TICK],
    alerts=[
        Absence(
            "CeleryWorkerGone",
            "celery_worker_count > 0",
            "critical",
            "{{ $labels.service_name }} has had no worker for {{ $value | humanizeDuration }}",
            for_="2m",
            by=SERVICE,
        ),
        Absence(
            "CeleryBeatLate",
            "time() - celery_beat_last_tick_timestamp_seconds < 600",
            "critical",
            "{{ $labels.service_name }}: its beat looks at its schedule within ten minutes, and has"
            " been late for {{ $value | humanizeDuration }}",
            for_="2m",
            by=SERVICE,
        ),
        Alert(
            "CeleryQueueGrowing",
            "max by (service_namespace, deployment_environment_name, queue_name)"
            " (celery_queue_length) > 100\nand\n"
            "max by (service_namespace, deployment_environment_name, queue_name)"
            " (deriv(celery_queue_length[15m])) >= 0",
            "warning",
            "{{ $value }} messages wait in {{ $labels.queue_name }}, and it becomes no less",
            for_="15m",
        ),
    ],
)
