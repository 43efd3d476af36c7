"""How the laboratory hands work to the tasks."""

import logging
from typing import Any

from celery import Task
from django.db import transaction

log = logging.getLogger(__name__)


def publish(task: "Task[..., Any]", key: int) -> None:
    """Queue a task for a record once the change that it follows is committed.

    Where the broker is down the step has happened all the same: its answer is given and its events
    are said. What was not queued can be told by the record itself, and `manage.py resend` finds it.
    """

    def queue() -> None:
        try:
            task.delay(key)
        except Exception:  # whatever a broker raises
            log.exception("Task %s(%s) was not queued; see manage.py resend", task.name, key)

    transaction.on_commit(queue, robust=True)
