"""Many rows at once: what `save` never sees, asked of the database before and after.

`bulk_create` and `bulk_update` are seen by themselves; around anything else (`update`, SQL of the
application's own) stands `labotel.tracked`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final

from labotel.events import dispatch
from labotel.events.errors import DeclarationError
from labotel.instrumentation.django import models
from labotel.instrumentation.django.models import Stored
from labotel.instrumentation.django.tracking import (
    Life,
    harmless,
    is_told_elsewhere,
    lives,
    lives_of,
)

under_way: ContextVar[tuple["Rows", ...]] = ContextVar("labotel_rows", default=())
"""The blocks that tell their rows' changes themselves; a `save` of one of these rows says none."""

_CREATE: Final = ("batch_size", "ignore_conflicts", "update_conflicts")


class Rows:
    """Some rows of one model, and what the database had of them when the block began."""

    def __init__(self, kind: Any, instances: dict[Any, Any], using: str, anew: bool) -> None:
        self._kind = kind
        self._instances = instances
        self._using = using
        self._anew = anew
        self._lives = [life for life in lives_of(kind) if life.field is not None]
        self._before: list[dict[Any, Stored]] = []

    def has(self, table: Any, pk: Any, using: str) -> bool:
        """Tell whether this block tells the changes of a row."""
        return (
            using == self._using
            and pk in self._instances
            and any(life.column(self._kind).model is table for life in self._lives)
        )

    def begin(self) -> None:
        """Note what the database has, and lock it; a row of an outer block's is told there."""
        for life in self._lives:
            table = life.column(self._kind).model
            found = life.stored(self._kind, self._instances, self._using)
            self._before.append(
                {
                    pk: row
                    for pk, row in found.items()
                    if not is_told_elsewhere(table, pk, self._using)
                }
            )

    def end(self) -> None:
        """Say what changed, of what could be noted."""
        for life, before in zip(self._lives, self._before, strict=False):
            field = life.column(self._kind)
            after = life.stored(self._kind, before, self._using, lock=False)
            changed = [
                pk for pk in after if models.differ(field, before[pk].value, after[pk].value)
            ]
            found = self._read(changed)
            for pk in changed:
                if pk in found:
                    value, until = after[pk]
                    life.say_changed(found[pk], before[pk], value, until, self._using)

    def _read(self, pks: list[Any]) -> dict[Any, Any]:
        if not self._anew:
            return self._instances
        manager = self._kind._base_manager.using(self._using)
        found: dict[Any, Any] = {}
        for start in range(0, len(pks), models.CHUNK):
            found |= manager.in_bulk(pks[start : start + models.CHUNK])
        return found


@contextmanager
def telling(kind: Any, instances: dict[Any, Any], using: str, anew: bool) -> Iterator[None]:
    """Tell what becomes of these rows in the block, which is one transaction."""
    from django.db import transaction

    with transaction.atomic(using=using):
        if dispatch.sink is None or not instances:
            yield
            return
        rows = Rows(kind, instances, using, anew)
        with harmless("track_before", using):
            rows.begin()
        former = under_way.get()
        under_way.set((*former, rows))
        try:
            yield
        finally:
            under_way.set(former)
        with harmless("track", using):
            rows.end()


@contextmanager
def tracked(given: Any) -> Iterator[None]:
    """Tell the changes of the rows of a queryset, however they are made in the block."""
    from django.db import models as orm

    queryset = given.all() if isinstance(given, orm.Manager) else given
    if isinstance(given, orm.Model):
        using = given._state.db
        queryset = type(given)._base_manager.using(using).filter(pk=given.pk)
    if not isinstance(queryset, orm.QuerySet):
        raise TypeError(
            f"tracked({given!r}): allowed: a queryset, a manager or an object of a tracked model"
        )
    kind: Any = queryset.model
    if not any(life.field is not None for life in lives_of(kind)):
        known = sorted({model.__name__ for model in lives})
        raise DeclarationError(
            f"tracked({kind.__name__}): no field of {kind.__name__}'s is tracked; allowed: "
            f"{', '.join(known) or 'none yet'}; say track({kind.__name__}, field=..., changed=...)"
        )
    rows: Any = queryset.all()  # what it found before may be old
    rows._for_write = True
    using = rows.db
    models.begin_writing(kind, using)
    pks = list(rows.values_list("pk", flat=True)) if dispatch.sink is not None else []
    with telling(kind, dict.fromkeys(pks), using, anew=True):
        yield


def observe() -> None:
    """Let `bulk_create` and `bulk_update` of tracked models be seen; once is enough."""
    from django.db.models import QuerySet

    for name, around in (("bulk_create", _created), ("bulk_update", _updated)):
        own = getattr(QuerySet, name)
        if not getattr(own, "_labotel", False):
            made: Any = wraps(own)(around(own))
            made._labotel = True
            setattr(QuerySet, name, made)


def _told(queryset: Any) -> list[Life]:
    return lives_of(queryset.model) if dispatch.sink is not None else []


def _created(original: Callable[..., Any]) -> Any:
    def bulk_create(queryset: Any, objs: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(queryset, objs, *args, **kwargs)
        told = _told(queryset)
        if not told:
            return made
        given = dict(zip(_CREATE, args, strict=False)) | kwargs
        if given.get("ignore_conflicts") or given.get("update_conflicts"):
            return made  # which of them are new, no database says
        with harmless("track", queryset.db):
            for instance in made:
                for life in told:
                    life.say_created(instance, queryset.db)
        return made

    return bulk_create


def _updated(original: Callable[..., Any]) -> Any:
    def bulk_update(queryset: Any, objs: Any, fields: Any, *args: Any, **kwargs: Any) -> Any:
        told = _told(queryset)
        if not told:
            return original(queryset, objs, fields, *args, **kwargs)
        objs, fields = tuple(objs), tuple(fields)
        followed = {life.field.name for life in told if life.field is not None}
        if followed.isdisjoint(fields):
            return original(queryset, objs, fields, *args, **kwargs)
        queryset._for_write = True
        key, instances = queryset.model._meta.pk, {}
        with harmless("track_before", queryset.db):
            instances = {key.to_python(instance.pk): instance for instance in objs}
        with telling(queryset.model, instances, queryset.db, anew=False):
            return original(queryset, objs, fields, *args, **kwargs)

    return bulk_update
