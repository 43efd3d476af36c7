"""A life of SQLAlchemy's mapped objects, seen where a session flushes them and said at its commit.

The state before is asked on the flush's own connection, and only where the column is written:
SQLAlchemy writes what changed, so an object that is old changes nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from inspect import getattr_static
from typing import Any, Final

from labotel.events import dispatch
from labotel.events.errors import DeclarationError, nearest
from labotel.events.event import Event
from labotel.instrumentation import sessions
from labotel.instrumentation.lives import (
    Form,
    Model,
    Moment,
    Reader,
    changed_form,
    check_fill,
    check_since,
    created_form,
    form_for,
    who,
)
from labotel.instrumentation.sessions import wait

_BEFORE: Final = "_labotel_before"


@dataclass(frozen=True)
class Life:
    """What is said of one mapped class's objects."""

    created: Form | None
    field: str | None
    changed: Form | None
    reached: Mapping[Any, Form]
    since: str | None

    @property
    def events(self) -> set[type[Event]]:
        """Every event of it."""
        forms = (self.created, self.changed, *self.reached.values())
        return {form.event for form in forms if form is not None}


_lives: Final[dict[Any, list[Life]]] = {}


def is_mapped(model: Any) -> bool:
    """Tell whether it is a class that SQLAlchemy maps, which is not imported for that."""
    return isinstance(model, type) and hasattr(model, "__mapper__")


def track(
    model: Any, created: Any, field: Any, changed: Any, reached: Any, since: Any, fill: Any
) -> None:
    """Judge all of it, then say the life of the class's objects from now on."""
    columns = list(model.__mapper__.column_attrs.keys())
    for part, name in (("field", field), ("since", since)):
        if name is not None and name not in columns:
            raise DeclarationError(
                f"track({model.__name__}): {part}={name!r} is no column of {model.__name__}'s"
                f"{nearest(str(name), columns)}; allowed: {', '.join(columns)}"
            )
    asked = _asked(model, columns)
    known = fill if isinstance(fill, Mapping) else {}
    forms = {
        part: changed_form(asked, part, event, field, since is not None, known)
        for part, event in (
            *([] if changed is None else [("changed", changed)]),
            *((f"reached[{value!r}]", event) for value, event in reached.items()),
        )
    }
    first = None if created is None else created_form(asked, created, known)
    check_fill(asked, fill, tuple(f.event for f in (first, *forms.values()) if f is not None))
    if since is not None:
        _check_time(model, asked, field, since, forms, fill)
    by_value = {value: forms[f"reached[{value!r}]"] for value in reached}
    life = Life(first, field, forms.get("changed"), by_value, since)
    _add(model, life)


def _asked(model: Any, columns: list[str]) -> Model:
    alias = f"{model.__name__.lower()}_id"
    properties = [n for n in dir(model) if isinstance(getattr_static(model, n), _PROPERTIES)]

    def read(name: str) -> Reader | None:
        head, _, rest = name.partition(".")
        if name in columns or name in properties:
            return lambda instance: getattr(instance, name)
        if rest and (head in properties or head in model.__mapper__.attrs):
            return lambda instance: _follow(instance, name.split("."))
        return _key if name in ("pk", alias) else None

    return Model(model.__name__, read, tuple(sorted({*columns, *properties, "pk", alias})))


_PROPERTIES: Final = (property, cached_property)


def _follow(instance: Any, names: list[str]) -> Any:
    for name in names:
        instance = getattr(instance, name)
    return instance


def _key(instance: Any) -> Any:
    key = type(instance).__mapper__.primary_key_from_instance(instance)
    return key[0] if len(key) == 1 else str(tuple(key))


def _check_time(
    model: Any, asked: Model, field: Any, since: str, forms: Mapping[str, Form], fill: Any
) -> None:
    attributes = model.__mapper__.column_attrs
    column = attributes[since].columns[0]
    if field is None or column.type.python_type is not datetime:
        raise DeclarationError(
            f"track({model.__name__}): since={since!r}; allowed: with field=, a DateTime column"
        )
    if column.table is not attributes[field].columns[0].table:
        raise DeclarationError(
            f"track({model.__name__}): since={since!r} is in another table than {field!r}; "
            "allowed: a column of the same one"
        )
    if column.nullable and "duration" not in fill:
        for form in forms.values():
            check_since(form.event, asked, since)


def _add(model: Any, life: Life) -> None:
    for other, lives in _lives.items():
        related = issubclass(other, model) or issubclass(model, other)
        for one in lives:
            again = life.events & one.events
            if related and again and not (other is model and one.events == life.events):
                event = min(again, key=lambda kind: kind.__name__).__name__
                raise DeclarationError(
                    f"track({model.__name__}): {event} is said of {other.__name__} already, so it "
                    "would be said twice; allowed: one call for each event of a model"
                )
    told = _lives.setdefault(model, [])
    told[:] = [*(one for one in told if one.events != life.events), life]
    _observe(model)


def _observe(model: Any) -> None:
    from sqlalchemy import event

    of_objects: dict[str, Any] = {
        "after_insert": _inserted, "before_update": _updating, "after_update": _updated
    }  # fmt: skip
    for name, listener in of_objects.items():
        if not event.contains(model, name, listener):
            event.listen(model, name, listener, propagate=True)
    sessions.observe()


def _lives_of(target: Any) -> list[Life]:
    if dispatch.sink is None:
        return []
    return [life for base in type(target).__mro__ for life in _lives.get(base, ())]


def _inserted(mapper: Any, connection: Any, target: Any) -> None:
    for life in _lives_of(target):
        if life.created is not None:
            wait(target, life.created, Moment(None, None, who(), None))


def _updating(mapper: Any, connection: Any, target: Any) -> None:
    """Ask what the database has of the columns that are going to be written."""
    from sqlalchemy import inspect
    from sqlalchemy.exc import SQLAlchemyError

    target.__dict__.pop(_BEFORE, None)
    before = {}
    try:
        state = inspect(target)
        for life in _lives_of(target):
            if life.field is not None and state.attrs[life.field].history.has_changes():
                row = _stored(mapper, connection, target, life, lock=True)
                if row is not None:
                    before[id(life)] = row
    except SQLAlchemyError:
        raise  # a broken transaction: its own error says more than the next statement's
    except Exception as error:
        dispatch.fault("track_before", error)
    if before:
        target.__dict__[_BEFORE] = before


def _stored(mapper: Any, connection: Any, target: Any, life: Life, lock: bool = False) -> Any:
    from sqlalchemy import select

    names = [life.field] + ([life.since] if life.since is not None else [])
    columns = [mapper.column_attrs[name].columns[0] for name in names]
    key = mapper.primary_key_from_instance(target)
    rows = select(*columns)
    for column, value in zip(mapper.primary_key, key, strict=True):
        own = next((c for c in columns[0].table.primary_key if c.name == column.name), column)
        rows = rows.where(own == value)
    return connection.execute(rows.with_for_update() if lock else rows).first()


def _updated(mapper: Any, connection: Any, target: Any) -> None:
    before = target.__dict__.pop(_BEFORE, {})
    for life in _lives_of(target):
        if id(life) not in before:
            continue
        try:
            row = before[id(life)]
            after = _stored(mapper, connection, target, life)
            if after is None or after[0] == row[0]:
                continue
            took = None if life.since is None else _lasted(row[1], after[1])
            moment = Moment(row[0], after[0], who(), took)
            for form in (life.changed, form_for(life.reached, after[0])):
                if form is not None:
                    wait(target, form, moment)
        except Exception as error:
            dispatch.fault("track", error)


def _lasted(since: datetime | None, until: datetime | None) -> timedelta | None:
    if since is None:
        return None
    ended = until if until is not None and until != since else datetime.now(since.tzinfo)
    return max(timedelta(), ended - since)
