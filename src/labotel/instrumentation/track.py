"""`track` and `tracked`: which framework a model is of, and what is asked of it."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from labotel.events.errors import DeclarationError
from labotel.events.event import Event

Fill = Mapping[str, str | Callable[[Any], Any]]


def track(
    model: type[Any],
    *,
    created: type[Event] | None = None,
    field: str | None = None,
    changed: type[Event] | None = None,
    reached: Mapping[Any, type[Event]] | None = None,
    since: str | None = None,
    fill: Fill | None = None,
) -> None:
    """Say the life of a model's objects as events, each when it is saved and committed.

        labotel.track(
            Protocol,
            created=ProtocolCreated,
            field="status",
            changed=ProtocolStatusChanged,
            reached={Status.COMPLETED: ProtocolCompleted},
            since="status_since",
        )

    `changed` is said of every change of `field`, an event of `reached` where the field comes to
    that value. Their fields are filled by name: from the model's fields and properties, its
    primary key (``protocol_id`` of a Protocol), and what the moment knows: ``from_status``,
    ``to_status``, ``changed_by`` and ``created_by`` (the request's user, the task's, or
    ``system``), and ``duration``, the time in the state before, where `since` names the field that
    holds its beginning. `fill` names another source: a name, a path, or a function of the object.

    Call it after the model, or in ``AppConfig.ready``; again is harmless. What does not fit raises
    DeclarationError. docs/tracking.md says what is seen, and what is not.
    """
    wanted = {
        "created": created, "field": field, "changed": changed, "reached": reached or {},
        "since": since, "fill": fill or {},
    }  # fmt: skip
    from labotel.instrumentation.lives import check_call

    check_call(getattr(model, "__name__", repr(model)), created, field, changed, wanted["reached"])
    if _is_django(model):
        from labotel.instrumentation.django.declaring import track as declare

        declare(model, **wanted)
        return
    from labotel.instrumentation import mapped

    if mapped.is_mapped(model):
        mapped.track(model, **wanted)
        return
    raise DeclarationError(
        f"track({model!r}): allowed: a Django model, or a class that SQLAlchemy maps"
    )


def tracked(rows: Any) -> AbstractContextManager[None]:
    """Say the changes of these rows however they are made in the block: by `update`, by SQL.

        with labotel.tracked(Protocol.objects.filter(deadline__lt=today)):
            Protocol.objects.filter(deadline__lt=today).update(status="cancelled")

    The rows of a queryset (or one object) are read before and after, in one transaction; what
    changed between is said once, also where the block saves some of them by itself.
    """
    from labotel.instrumentation.django.rows import tracked as telling

    return telling(rows)


def _is_django(model: Any) -> bool:
    """Tell whether it is a model of Django's, which is not imported for that."""
    return isinstance(model, type) and any(
        f"{base.__module__}.{base.__qualname__}" == "django.db.models.base.Model"
        for base in model.__mro__
    )
