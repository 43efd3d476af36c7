"""What a life needs to know of Django's models: their attributes, tables and stored values."""

import inspect
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple

from labotel.events.dispatch import fault
from labotel.events.errors import DeclarationError, nearest
from labotel.instrumentation.lives import Model, Reader

CHUNK: Final = 500
"""Rows that are asked for at once: some databases take no more than 999 parameters."""


class Stored(NamedTuple):
    """What the database holds of one row: the followed field, and since when it is so."""

    value: Any
    since: datetime | None


def model_of(model: Any) -> Model:
    """Return how a Django model is asked."""
    fields = [f for f in model._meta.get_fields() if _is_column(f)]
    names = {*(f.name for f in fields), *(f.attname for f in fields), "pk", *_aliases(model)}
    names |= {name for name in dir(model) if _is_property(model, name) and name != "pk"}
    return Model(model.__name__, lambda name: _reader(model, name), tuple(sorted(names)))


def column(model: Any, part: str, name: Any) -> Any:
    """Return a field of a model that has a column; refuse any other name."""
    columns = {f.name: f for f in model._meta.get_fields() if _is_column(f)}
    if not isinstance(name, str) or name not in columns:
        raise DeclarationError(
            f"track({model.__name__}): {part}={name!r} is no field of {model.__name__}'s"
            f"{nearest(str(name), columns)}; allowed: {', '.join(columns)}"
        )
    return columns[name]


def _is_column(field: Any) -> bool:
    return bool(getattr(field, "concrete", False)) and not field.many_to_many


def _is_property(model: Any, name: str) -> bool:
    return isinstance(inspect.getattr_static(model, name, None), (property, cached_property))


def _aliases(model: Any) -> set[str]:
    """Return what an event may call the key: ``protocol_id`` of a Protocol, of its heirs too."""
    bases = [base for base in model.__mro__ if hasattr(base, "_meta")]
    return {f"{base._meta.model_name}_id" for base in bases}


def _reader(model: Any, name: str) -> Reader | None:
    head, _, rest = name.partition(".")
    if rest:
        return _path(name.split(".")) if _reader(model, head) is not None else None
    columns = {f.name: f for f in model._meta.get_fields() if _is_column(f)}
    columns |= {f.attname: f for f in columns.values()}
    if name in columns:
        attname = columns[name].attname  # a foreign key's value: its object may be a query away
        return lambda instance: read(instance, attname)
    if name == "pk" or name in _aliases(model):
        return lambda instance: instance.pk
    return _path([name]) if _is_property(model, name) else None


def _path(names: list[str]) -> Reader:
    def follow(instance: Any) -> Any:
        for name in names:
            instance = getattr(instance, name)
        return instance

    return follow


def read(instance: Any, attname: str) -> Any:
    """Return the value of a column; of an expression (``F("count") + 1``) what it became."""
    value = getattr(instance, attname)
    if not hasattr(value, "resolve_expression"):
        return value
    from django.db import router

    kind = type(instance)
    using = instance._state.db or router.db_for_write(kind, instance=instance)
    rows = kind._base_manager.using(using).filter(pk=instance.pk)
    return rows.values_list(attname, flat=True).get()


def stored(
    field: Any, since: Any, table: Any, pks: Iterable[Any], using: str, lock: bool = True
) -> dict[Any, Stored]:
    """Return what the database holds of these rows, locked where a transaction is open.

    The statement that follows locks them in any case. Without the lock another transaction could
    change the row in between, and two changes would name one and the same state before.
    """
    found: dict[Any, Stored] = {}
    wanted = list(pks)
    names = ["pk", field.attname] + ([since.attname] if since is not None else [])
    if lock:
        begin_writing(table, using)
    for start in range(0, len(wanted), CHUNK):
        rows = table._base_manager.using(using).filter(pk__in=wanted[start : start + CHUNK])
        if lock and _can_lock(field, since, using):
            rows = rows.select_for_update(no_key=_features(using).has_select_for_no_key_update)
        for pk, value, *times in rows.values_list(*names):
            found[pk] = Stored(value, times[0] if times else None)
    return found


def begin_writing(table: Any, using: str) -> None:
    """Let a transaction of SQLite's wait for the one writer now, by a write of nothing.

    One that reads first and writes then does not wait: it fails where another one wrote. Without
    labotel it would have begun with the write.
    """
    from django.db import connections

    connection = connections[using]
    if connection.vendor != "sqlite" or not connection.in_atomic_block:
        return
    name = connection.ops.quote_name(table._meta.db_table)
    column = connection.ops.quote_name(table._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {name} SET {column} = {column} WHERE 0 = 1")  # noqa: S608  # names


def _can_lock(field: Any, since: Any, using: str) -> bool:
    from django.db import connections

    if since is not None and since.model is not field.model:
        return False  # two tables: the lock would be on both
    return connections[using].in_atomic_block and _features(using).has_select_for_update


def _features(using: str) -> Any:
    from django.db import connections

    return connections[using].features


def differ(field: Any, before: Any, after: Any) -> bool:
    """Tell whether two values are stored as different ones: a choice is its text."""
    try:
        return bool(field.get_prep_value(before) != field.get_prep_value(after))
    except Exception:  # a field of the application's own
        return bool(before != after)


def lasted(since: datetime | None, until: datetime | None) -> timedelta | None:
    """Return how long a state lasted, until now where its end is not told; None: unknown."""
    if since is None:
        return None
    from django.utils import timezone

    try:
        told = isinstance(until, datetime) and until != since  # else it is left, or an expression
        ended: Any = until if told else timezone.now()
        took: timedelta = ended - since
        return max(timedelta(), took)
    except TypeError as error:  # one with a time zone, the other without
        fault("track_duration", error)
        return None
