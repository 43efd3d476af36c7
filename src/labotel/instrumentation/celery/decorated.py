"""A task that was made before it was decorated: its `run`, on the task that each app has."""

from collections.abc import Callable
from typing import Any

Around = Callable[[Any], Any]


def wrap_run(task: Any, around: Around) -> None:
    """Put something around a task's `run`, when it is there.

    ``@app.task`` gives a promise of a task, ``@shared_task`` one for each app; to ask either now
    would end the making of an app that is not whole yet.
    """
    from celery.local import PromiseProxy, Proxy

    if type(task) is PromiseProxy:
        task.__then__(lambda: _wrap(task._get_current_object(), around))
    elif type(task) is Proxy:
        _when_finalized(task, around)
    else:
        _wrap(task, around)


def _wrap(task: Any, around: Around) -> None:
    task.run = around(task.run)


def _when_finalized(task: Any, around: Around) -> None:
    from celery import _state

    state: Any = _state
    done: list[Any] = []

    def act(sender: Any = None, **_: Any) -> None:
        made = task._get_current_object()  # of the current app: each is that when it is made
        if made not in done:
            done.append(made)
            _wrap(made, around)

    def connect(app: Any) -> None:
        app.on_after_finalize.connect(act, weak=False)

    state.connect_on_app_finalize(connect)
    if any(app.finalized for app in state._get_active_apps()):
        act()
