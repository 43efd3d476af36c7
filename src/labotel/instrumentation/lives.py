"""What is said of a model's life, whichever framework keeps it: events filled from an object.

A field of an event is filled by the first of these that there is: `fill`, what the moment knows
(`from_status`, `to_status`, `changed_by`, `duration`; `created_by`), and the model's own field or
property of that name. What nothing fills is refused when the life is declared.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

from labotel.events.dispatch import fault
from labotel.events.errors import DeclarationError, nearest
from labotel.events.event import Event
from labotel.events.fields import Field
from labotel.events.marks import MEASURED, MISSING, Pseudonymous
from labotel.signals.carried import actor

SYSTEM: Final = Pseudonymous("system")
"""Who did what nobody was known to do: a command, a task of the timetable's."""


class Moment(NamedTuple):
    """What is known of one step of a life besides the object itself."""

    before: Any
    after: Any
    who: str
    duration: timedelta | None


Filler = Callable[[Any, Moment], Any]
Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Model:
    """How a framework's model is asked, for an event and for a message."""

    name: str
    read: Callable[[str], Reader | None]
    """Return what reads an attribute of its objects; None where they have none of that name."""
    names: tuple[str, ...]
    """The attributes that may be read, for a message."""


@dataclass(frozen=True)
class Form:
    """One event of a life, with what fills each of its fields."""

    event: type[Event]
    fillers: Mapping[str, Filler]

    def made(self, instance: Any, moment: Moment) -> Event:
        """Return the event for an object; what could not be read is missing, as `emit` says."""
        given: dict[str, Any] = {}
        for name, filler in self.fillers.items():
            try:
                given[name] = filler(instance, moment)
            except Exception as error:  # a property of the application's
                fault("track_fill", error)
        return self.event(**given)


def who() -> str:
    """Return who acts: the request's user, the actor that came with the task, or ``system``."""
    present = actor.get()
    if present is None:
        return SYSTEM
    person = getattr(present, "person", None)
    if person is None:
        known = present()
        return SYSTEM if known is None else Pseudonymous(known)
    key = person()
    if type(key) is Pseudonymous:
        return key
    return SYSTEM if key is None else str(key)


def check_call(name: str, created: Any, field: Any, changed: Any, reached: Any) -> None:
    """Refuse a call of `track` that says nothing, or half of a change."""
    if created is None and changed is None and not reached:
        raise DeclarationError(
            f"track({name}): nothing to say; give created=, or field= with changed= or reached="
        )
    if not isinstance(reached, Mapping):
        raise DeclarationError(
            f"track({name}): reached={reached!r}; allowed: a dictionary of the field's values, as "
            "in {'completed': ProtocolCompleted}"
        )
    if (field is None) != (changed is None and not reached):
        raise DeclarationError(
            f"track({name}): field={field!r}, changed={changed!r}, reached={reached!r}; allowed: "
            "field= together with changed= or reached="
        )
    if changed in reached.values():
        raise DeclarationError(
            f"track({name}): {changed!r} is both changed= and in reached=, so a change would be "
            "said twice; allowed: one of the two"
        )


def created_form(model: Model, event: Any, fill: Mapping[str, Any]) -> Form:
    """Judge the event of a creation, and what fills it."""
    return _form(model, "created", event, fill, {"created_by": lambda _, moment: moment.who}, "")


def changed_form(
    model: Model, part: str, event: Any, field: str, since: bool, fill: Mapping[str, Any]
) -> Form:
    """Judge an event of a change of `field`, and what fills it."""
    special: dict[str, Filler] = {
        f"from_{field}": lambda _, moment: moment.before,
        f"to_{field}": lambda _, moment: moment.after,
        "changed_by": lambda _, moment: moment.who,
    }
    hint = ""
    if since or _may_be_none(event, "duration"):
        special["duration"] = lambda _, moment: moment.duration
    else:
        hint = "; since= names the model's time of the last change, from which it is measured"
    return _form(model, part, event, fill, special, hint)


def _may_be_none(event: Any, name: str) -> bool:
    field: Field | None = getattr(event, "_fields", {}).get(name)
    return field is not None and (field.optional or field.default is MEASURED)


def check_since(event: type[Event], model: Model, since: str) -> None:
    """Refuse a time that may be unknown for a duration that may not be."""
    if "duration" in event._plan.index and not _may_be_none(event, "duration"):
        raise DeclarationError(
            f"track({model.name}): since={since!r} may be null, so {event.__name__}.duration must "
            "take None; allowed: `duration: ... | None`, or a time that is never null"
        )


def _form(
    model: Model,
    part: str,
    event: Any,
    fill: Mapping[str, Any],
    special: dict[str, Filler],
    hint: str,
) -> Form:
    if not (isinstance(event, type) and issubclass(event, Event) and hasattr(event, "_plan")):
        raise DeclarationError(
            f"track({model.name}): {part}={event!r} is no event; allowed: an Event class with name="
        )
    fillers: dict[str, Filler] = {}
    for field in event._plan.fields:
        found = _filler(model, event, field.name, fill, special)
        if found is not None:
            fillers[field.name] = found
        elif field.default is MISSING or field.default is MEASURED:
            names = sorted({*special, *model.names})
            raise DeclarationError(
                f"track({model.name}): nothing fills {event.__name__}.{field.name}"
                f"{nearest(field.name, names)}{hint if field.name == 'duration' else ''}; allowed: "
                f"a field with a default, one of {', '.join(names)}, or "
                f"fill={{{field.name!r}: ...}}"
            )
        if field.name in special and field.name.endswith("_by") and field.name not in fill:
            _check_who(model, event, field)
    return Form(event, fillers)


def _filler(
    model: Model,
    event: type[Event],
    name: str,
    fill: Mapping[str, Any],
    special: dict[str, Filler],
) -> Filler | None:
    wanted = fill.get(name, name)
    if callable(wanted):
        own: Reader = wanted
        return lambda instance, _: own(instance)
    if not isinstance(wanted, str):
        raise DeclarationError(
            f"track({model.name}): fill[{name!r}]={wanted!r}; allowed: the name of a field or "
            "property, or a function of the object"
        )
    if wanted in special:
        return special[wanted]
    read = model.read(wanted)
    if read is not None:
        return lambda instance, _: read(instance)
    if name in fill:
        names = sorted({*special, *model.names})
        raise DeclarationError(
            f"track({model.name}): fill[{name!r}]={wanted!r} is nothing of {model.name}'s"
            f"{nearest(wanted, names)}; allowed: {', '.join(names)}, a path as in "
            "'protocol.species', or a function of the object"
        )
    return None


def _check_who(model: Model, event: type[Event], field: Field) -> None:
    if field.place not in ("personal", "unbounded") or field.type not in (str, object):
        raise DeclarationError(
            f"track({model.name}): {event.__name__}.{field.name} is {field.place} and takes "
            f"{field.allowed}; allowed: Personal[str], as it may be a pseudonym or 'system'"
        )


def check_fill(model: Model, fill: Any, events: tuple[type[Event], ...]) -> None:
    """Refuse what no event of this life has."""
    if not isinstance(fill, Mapping):
        raise DeclarationError(
            f"track({model.name}): fill={fill!r}; allowed: a dictionary of event fields, as in "
            "{'age': 'duration'}"
        )
    known = sorted({name for event in events for name in event._fields})
    for name in fill:
        if name not in known:
            raise DeclarationError(
                f"track({model.name}): fill names {name!r}{nearest(str(name), known)}; allowed: "
                f"{', '.join(known)}"
            )


def form_for(reached: Mapping[Any, Form], value: Any) -> Form | None:
    """Return what is said where a field comes to have a value; one without a hash has none."""
    if not reached:
        return None
    try:
        return reached.get(value)
    except TypeError:
        return None
