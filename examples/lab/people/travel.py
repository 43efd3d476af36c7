"""The actor travels with the work: a task acts for whoever caused it, and so do its own tasks.

A header of the message carries the person's key. A task that another task starts gets it in the
same way, because the first one acts for that person while it runs; so does a retry.
"""

from typing import Any, Final

from celery.signals import before_task_publish, task_postrun, task_prerun

from people import actor

HEADER: Final = "lab_actor"


@before_task_publish.connect
def send(headers: dict[str, Any], **_: Any) -> None:
    """Give the message its actor."""
    headers[HEADER] = actor.current()


@task_prerun.connect
def begin(task: Any, **_: Any) -> None:
    """Let the message's actor act; a task that runs without a message keeps its caller's."""
    who = task.request.get(HEADER)
    if who is not None:
        task.request.acting = actor.acting(who)
        task.request.acting.__enter__()


@task_postrun.connect
def finish(task: Any, **_: Any) -> None:
    """Let nobody act any longer: the next task of this process may be another person's."""
    acting = task.request.get("acting")
    if acting is not None:
        acting.__exit__(None, None, None)
