"""Background tasks: one event for each run, by the task's name and how the run ended."""

from enum import StrEnum
from typing import Annotated

from labotel.events.buckets import SECONDS
from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import Limited


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


catalog = Catalog("tasks", events=[TaskFinished])
