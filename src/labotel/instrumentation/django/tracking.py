"""A Django model's life, seen where `save` writes a table: `Model._save_table` of the model.

That is between Django's two signals, so that a receiver which saves again is seen in its order,
and nothing is asked of any other model. The state before is the one that the database has, not
the one that was loaded: another instance of the row may have changed it since.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from labotel.events import dispatch
from labotel.events.event import Event
from labotel.instrumentation.django import models
from labotel.instrumentation.django.models import Stored
from labotel.instrumentation.lives import Form, Moment, form_for, who

_ARGUMENTS: Final = ("raw", "cls", "force_insert", "force_update", "using", "update_fields")


@dataclass(frozen=True, eq=False)
class Life:
    """What is said of one model's objects: their creation, and each change of one field."""

    model: Any
    created: Form | None
    field: Any
    changed: Form | None
    reached: Mapping[Any, Form]
    since: Any

    def created_in(self, kind: Any) -> Any:
        """Return the model whose table gets a row where an object of this class is created."""
        if not self.model._meta.abstract:
            return self.model._meta.concrete_model
        heirs = [c for c in kind.__mro__ if issubclass(c, self.model) and hasattr(c, "_meta")]
        return [c for c in heirs if not c._meta.abstract and not c._meta.proxy][-1]

    def column(self, kind: Any) -> Any:
        """Return the followed field as this class has it: each heir of an abstract has its own."""
        return kind._meta.get_field(self.field.name)

    def time(self, kind: Any) -> Any:
        """Return the field that says since when, as this class has it."""
        return None if self.since is None else kind._meta.get_field(self.since.name)

    def stored(self, kind: Any, pks: Any, using: str, lock: bool = True) -> dict[Any, Stored]:
        """Return what the database holds of rows."""
        field, since = self.column(kind), self.time(kind)
        together = since is None or since.model is field.model
        return models.stored(field, since, field.model if together else kind, pks, using, lock)

    def say_created(self, instance: Any, using: str) -> None:
        """Say that an object was created, once that is committed."""
        if self.created is not None:
            _say(self.created, instance, Moment(None, None, who(), None), using)

    def say_changed(
        self, instance: Any, before: Stored, after: Any, until: Any, using: str
    ) -> None:
        """Say that the field changed, once that is committed; nothing where it did not."""
        field = self.column(type(instance))
        if not models.differ(field, before.value, after):
            return
        took = models.lasted(before.since, until)
        moment = Moment(field.to_python(before.value), field.to_python(after), who(), took)
        for form in (self.changed, form_for(self.reached, field.get_prep_value(after))):
            if form is not None:
                _say(form, instance, moment, using)


lives: Final[dict[Any, list[Life]]] = {}
"""The lives that are told, by the class that was named."""


def lives_of(kind: Any) -> list[Life]:
    """Return the lives that objects of this class have: their bases' too."""
    return [life for base in kind.__mro__ for life in lives.get(base, ())]


def _say(form: Form, instance: Any, moment: Moment, using: str) -> None:
    say_on_commit(form.made(instance, moment), using)


def say_on_commit(event: Event, using: str) -> None:
    """Say an event when what it speaks of is committed; at once where no transaction is open."""
    from django.db import transaction

    def say() -> None:
        dispatch.emit(event)

    try:
        transaction.on_commit(say, using=using)
    except transaction.TransactionManagementError:  # nobody tells when a transaction by hand ends
        say()


@contextmanager
def harmless(where: str, using: str) -> Iterator[None]:
    """Keep a fault of labotel's own from the application, whose write is not to fail by it."""
    from django.db import DatabaseError, connections

    from labotel.events.errors import EventError

    try:
        yield
    except EventError:  # strict: a test is to see it
        raise
    except DatabaseError as error:
        if connections[using].in_atomic_block:
            raise  # a broken transaction: its own error says more than the next statement's
        dispatch.fault(where, error)
    except Exception as error:
        dispatch.fault(where, error)


class _Saving(NamedTuple):
    """One table's write under way: what it may mean for a life."""

    life: Life
    is_creation: bool
    before: Stored | None
    until_told: bool


def observe(model: Any) -> None:
    """Let the writes of a model and its heirs be seen; once is enough."""
    own = vars(model).get("_save_table")
    if getattr(own, "_labotel", False):
        return

    kept = f"_labotel_{model._meta.label_lower}"

    def _save_table(this: Any, *args: Any, **kwargs: Any) -> Any:
        # An inherited method is looked up behind this class, where another tracked one may stand.
        behind: Any = super(model, this)
        run: Callable[..., Any] = behind._save_table if own is None else own.__get__(this)
        if dispatch.sink is None:
            return run(*args, **kwargs)
        given = dict(zip(_ARGUMENTS, args, strict=False)) | kwargs
        saving = _begin(model, this, given)
        told = this.__dict__.pop(kept, ())  # of its parents' tables; a write that fails forgets it
        updated = run(*args, **kwargs)
        told = (*told, *((one, updated) for one in saving))
        if given["cls"] is not type(this)._meta.concrete_model:
            if told:
                this.__dict__[kept] = told  # until it has its own row, and with it its key
            return updated
        for one, was_there in told:
            _end(one, this, given["using"], was_there)
        return updated

    _save_table._labotel = True  # type: ignore[attr-defined]  # to know it again
    model._save_table = _save_table


def _begin(model: Any, instance: Any, given: dict[str, Any]) -> list[_Saving]:
    if given.get("raw"):
        return []  # a fixture: nothing happened
    saving: list[_Saving | None] = []
    with harmless("track_before", given["using"]):
        saving = [_watch(life, instance, given) for life in lives.get(model, ())]
    return [one for one in saving if one is not None]


def _watch(life: Life, instance: Any, given: dict[str, Any]) -> _Saving | None:
    kind, table, fields = type(instance), given["cls"], given.get("update_fields")
    is_creation = life.created is not None and table is life.created_in(kind)
    before = None
    until_told = False
    if life.field is not None:
        field, since = life.column(kind), life.time(kind)
        if table is field.model and _writes(fields, field) and not _is_new(instance, given):
            pk = instance._get_pk_val(table._meta)
            found = life.stored(kind, [pk], given["using"])
            for key, value in found.items():  # the key as the database has it: 7, where pk is "7"
                if not is_told_elsewhere(field.model, key, given["using"]):
                    before = value
            until_told = since is not None and _writes(fields, since)
    return _Saving(life, is_creation, before, until_told) if is_creation or before else None


def _writes(update_fields: Any, field: Any) -> bool:
    return not update_fields or field.name in update_fields or field.attname in update_fields


def _is_new(instance: Any, given: dict[str, Any]) -> bool:
    """Tell whether Django is going to insert the row without looking for it."""
    meta = given["cls"]._meta
    pk = instance._get_pk_val(meta)
    if pk is None or given.get("force_insert"):
        return True
    if not instance._state.adding or given.get("force_update"):
        return False
    return bool(meta.pk.has_default())


def _end(saving: _Saving, instance: Any, using: str, updated: bool) -> None:
    life = saving.life
    with harmless("track", using):
        if not updated and saving.is_creation:
            life.say_created(instance, using)
        elif updated and saving.before is not None:
            kind = type(instance)
            after = models.read(instance, life.column(kind).attname)
            until = instance.__dict__.get(life.time(kind).attname) if saving.until_told else None
            life.say_changed(instance, saving.before, after, until, using)


def is_told_elsewhere(table: Any, pk: Any, using: str) -> bool:
    """Tell whether a block under way tells the changes of a row itself."""
    from labotel.instrumentation.django.rows import under_way

    return any(block.has(table, pk, using) for block in under_way.get())
