"""`observed_view` and `observed_task`: an event of one's own for each call, on what is observed.

The request's and the task's own span, metrics and records stay as they are, and are not made again.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from labotel.events.event import Event

V = TypeVar("V")


def observed_view(event: type[Event], /, **fields: Any) -> Callable[[V], V]:
    """Say `event` at the end of each call of a view, and its labels on the request's span.

        @labotel.observed_view(UserActed, module=Module.ORDERS, action_type=ActionType.CREATE)
        def create(request): ...

        @method_decorator(labotel.observed_view(UserActed, module=Module.ORDERS), name="dispatch")
        class Orders(View): ...

    A value may be a function of the view's arguments: ``user_type=lambda request, **_: ...``,
    called before the view. Filled in where the event has them: ``outcome`` (failure, where the view
    raises or answers 400 or above), ``duration``, ``error_type``, and ``user``: who acts, or
    ``anonymous``. One request says one such event, however many of its views are decorated.
    """
    from labotel.instrumentation.calls import Decoration, view

    made = Decoration("observed_view", event, fields, view)
    return made.around


def observed_task(event: type[Event], /, **fields: Any) -> Callable[[V], V]:
    """Say `event` at the end of each run of a task, and its labels on the task's span.

        @app.task
        @labotel.observed_task(SamplesImported, source=Source.UPLOAD)
        def import_samples(path): ...

    It stands below or above ``@app.task`` and ``@shared_task``. A value may be a function of the
    task's arguments. Filled in where the event has them: ``outcome``, ``duration``, ``error_type``
    and ``user``: who caused the task, or ``system``. A run that asks for a retry says nothing: the
    one after it does.
    """
    from labotel.instrumentation.calls import Decoration, task

    made = Decoration("observed_task", event, fields, task)
    return made.around
