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


class LimitKind(StrEnum):
    """Celery's two time limits: of a soft one the task is told, by a hard one it is killed."""

    SOFT = "soft"
    HARD = "hard"


class TimeLimitReached(
    Event,
    name="celery.task.time_limit",
    instruments=(Counter("celery_time_limits_total", by=("task_name", "kind")),),
    log=False,
    span=False,
):
    """A run reached a time limit; Celery itself says so in a line of its log."""

    task_name: Annotated[str, Limited(200)]
    kind: LimitKind


class ChildEnd(StrEnum):
    """How a child of a pool ended in the midst of a task."""

    SIGKILL = "SIGKILL"
    SIGSEGV = "SIGSEGV"
    SIGTERM = "SIGTERM"
    SIGABRT = "SIGABRT"
    SIGBUS = "SIGBUS"
    EXIT = "exit"
    OTHER = "other"


class ChildLost(
    Event,
    name="celery.child.lost",
    instruments=(Counter("celery_children_lost_total", by=("cause",)),),
    span=False,
    severity="ERROR",
    body="a child of the pool was lost in the midst of {task_name}: {cause}",
):
    """A child of a worker's pool ended in the midst of a task: the kernel's memory killer, say."""

    task_name: Annotated[str, Limited(200)]
    cause: ChildEnd


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


class RunResult(StrEnum):
    """What became of a due time of a beat's entry."""

    SENT = "sent"
    LATE = "late"
    FAILED = "failed"
    MISSED = "missed"


LATENESS = (0.1, 0.5, 1.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0)
"""100 ms to a day, in s."""
_OF_ENTRY = ("schedule_entry", "result")


class BeatRun(Event, name="celery.beat.run", log=False, span=False):
    """A beat sent what was due, or could not; `lateness` is since it was due, where it is known."""

    schedule_entry: Annotated[str, Limited(200)]
    result: RunResult
    runs: Annotated[int, Counter("celery_beat_runs_total", by=_OF_ENTRY)]
    lateness: (
        Annotated[
            float,
            Histogram("celery_beat_lateness_seconds", by=("schedule_entry",), buckets=LATENESS),
        ]
        | None
    )


class BeatMissed(
    Event,
    name="celery.beat.missed",
    span=False,
    severity="WARN",
    body="{schedule_entry} was due {runs} times more than it was sent",
):
    """Due times of an entry passed without a run: no beat ran, or it was held up."""

    schedule_entry: Annotated[str, Limited(200)]
    result: RunResult
    runs: Annotated[int, Counter("celery_beat_runs_total", by=_OF_ENTRY)]


class SlotState(StrEnum):
    """Whether a worker's slot has a task."""

    BUSY = "busy"
    FREE = "free"


QueueName = Annotated[str, Limited(200)]

QUEUE_LENGTH = Gauge(
    "celery_queue_length",
    by={"queue_name": QueueName},
    scope="service",
    description="Messages that wait in a queue of the broker.",
)
UNACKED = Gauge(
    "celery_unacked_messages",
    scope="service",
    description="Messages that workers took from Redis and have not acknowledged.",
)
WORKER_COUNT = Gauge(
    "celery_worker_count",
    by={"worker_type": WorkerType},
    scope="process",
    description="Workers that are ready for tasks: 1 in the main process of each.",
)
WORKER_SLOTS = Gauge(
    "celery_worker_slots",
    by={"queue_name": QueueName, "state": SlotState},
    scope="process",
    description="Slots of a worker: with a task of a queue, or free for one.",
)
IN_PROGRESS = Gauge(
    "celery_tasks_in_progress",
    by={"task_name": Annotated[str, Limited(200)]},
    scope="process",
    description="Tasks that a worker runs at this moment.",
)
RESERVED = Gauge(
    "celery_tasks_reserved",
    by={"queue_name": QueueName},
    scope="process",
    description="Tasks that a worker took from a queue and has not begun.",
)
BEAT_TICK = Gauge(
    "celery_beat_last_tick_timestamp_seconds",
    scope="process",
    description="When a beat last looked at what is due, in s since 1970.",
)

catalog = Catalog(
    "tasks",
    events=[
        TaskBegun,
        TaskFinished,
        TimeLimitReached,
        ChildLost,
        WorkerReady,
        BeatReady,
        BeatRun,
        BeatMissed,
    ],
    gauges=[
        QUEUE_LENGTH,
        UNACKED,
        WORKER_COUNT,
        WORKER_SLOTS,
        IN_PROGRESS,
        RESERVED,
        BEAT_TICK,
    ],
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
