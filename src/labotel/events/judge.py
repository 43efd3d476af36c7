"""What is wrong with an event that was made, and what a value that is no scalar becomes.

Values are told by `type`: a `__class__` may lie (a lazy object's does), and may raise.
"""

from datetime import datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from labotel.events.errors import nearest
from labotel.events.event import Event, Values, label_text
from labotel.events.fields import NUMBERS, SCALARS, Field
from labotel.events.marks import MEASURED, Missing, Pseudonymous
from labotel.events.texts import CAP, name_of, quoted, text_of

SHOWN: Final = 100
"""The longest value that a message quotes."""
LARGEST: Final = 1e300
"""What a sum of very many values still has room for: a float ends at 1.8e308."""


class Rejected(Exception):
    """An event that cannot be recorded; its text names the event, the field and what is allowed."""


def scalar(value: Any, declared: type = object) -> Any:
    """Return an immutable stand-in for any value, so that a later change cannot reach a record.

    Nothing of a subclass's own is called, nor of an Enum's but the declared one.
    """
    kind = type(value)
    if kind in SCALARS:
        return value if kind is not str else value[:CAP]
    if kind is Pseudonymous:
        return value
    if issubclass(kind, Enum):
        return value if kind is declared else _of_member(value)
    if issubclass(kind, str):
        return text_of(value, CAP)
    if issubclass(kind, (int, float)):
        return exact(value)
    return text_of(value)


def _of_member(member: Any) -> Any:
    try:
        return scalar(member.value)
    except Exception:
        return text_of(member)


def exact(value: Any) -> Any:
    """Return a number of a subclass (which may do anything) as one of the class itself."""
    kind = type(value)
    if issubclass(kind, int):
        return value if kind is int or kind is bool else int.__int__(value)
    if issubclass(kind, float):
        return value if kind is float else float.__float__(value)
    if issubclass(kind, timedelta):
        return value if kind is timedelta else timedelta.__pos__(value)
    return value if kind is Decimal else Decimal(value)


def shown(field: Field, value: Any) -> str:
    """Return a value for a message; a personal one is never echoed, nor half of a long one.

    The message is scrubbed where it is logged, and half a value is known to no pattern.
    """
    if field.place == "personal":
        return "<personal>"
    text = quoted(value, SHOWN + 1)
    if len(text) <= SHOWN or issubclass(type(value), int):
        return text[:SHOWN]
    return f"a {name_of(value)} of more than {SHOWN} characters"


def complaint(event: Event) -> str | None:
    """Return why the event must be rejected: an unknown, missing or unmeasurable field."""
    plan = type(event)._plan
    if event._bad is not None:
        positional, unknown = event._bad
        if positional:
            return f"{plan.name}: fields are given by keyword, not by position"
        name = text_of(next(iter(unknown)), 100)
        fields = ", ".join(f.name for f in plan.fields) or "none"
        return f"{plan.name}: no field {name!r}{nearest(name, plan.index)}; fields: {fields}"
    for field, value in zip(plan.fields, event._values, strict=True):
        if type(value) is Missing:
            hint = "; `timed` fills it in, else give it" if value is MEASURED else ""
            return f"{plan.name}: {field.name} is missing{hint}; allowed: {field.allowed}"
        if (
            field.place == "value"
            and not _numeric(value)
            and not (value is None and (field.optional or field.default is MEASURED))
        ):
            return (
                f"{plan.name}.{field.name}: {shown(field, value)} is not a number to measure; "
                f"allowed: {field.allowed}"
            )
    return None


def _numeric(value: Any) -> bool:
    kind = type(value)
    return issubclass(kind, NUMBERS) and kind is not bool


def number(value: Any) -> float | int | Decimal | None:
    """Return the number that a measured value is (seconds for a timedelta), None for no number.

    NaN, the infinities and what is beyond LARGEST are no numbers: one would spoil a sum for ever.
    """
    if not _numeric(value):
        return None
    amount = exact(value)
    if type(amount) is timedelta:
        return amount.total_seconds()
    if type(amount) is Decimal and not amount.is_finite():
        return None
    return amount if -LARGEST < amount < LARGEST else None  # NaN is in no range


def objection(event: Event) -> str | None:
    """Return what else is wrong, which costs a label or a measurement but not the event."""
    plan = type(event)._plan
    for field, value in zip(plan.fields, event._values, strict=True):
        if field.place == "label" and label_text(field, _frozen(field, value)) is None:
            return (
                f"{plan.name}.{field.name}: {shown(field, value)} is not allowed; "
                f"allowed: {field.allowed}"
            )
        if field.place in ("unbounded", "personal") and not _fits(field, value):
            return (
                f"{plan.name}.{field.name}: {shown(field, value)} is a {type(value).__name__}; "
                f"allowed: {field.allowed}"
            )
    for measure in plan.measures:
        if measure.of is None:
            continue
        value = event._values[plan.index[measure.of]]
        amount = number(value)
        if amount is None and value is not None:
            return (
                f"{plan.name}.{measure.of}: {shown(plan.field(measure.of), value)} is not finite; "
                f"allowed: a number between -{LARGEST:g} and {LARGEST:g}"
            )
        if measure.instrument.kind != "updowncounter" and amount is not None and amount < 0:
            return (
                f"{plan.name}.{measure.of}: {amount} would lower the {measure.instrument.kind} "
                f"{measure.instrument.name}; allowed: 0 or more (an UpDownCounter may fall)"
            )
    return None


def _fits(field: Field, value: Any) -> bool:
    """Tell whether a value, or the text that a form gives of it, is of the field's type."""
    if value is None:
        return field.optional or field.type is object
    if field.type in (object, str):
        return True
    try:
        if not isinstance(value, field.type):
            field.type(value)
    except Exception:
        return False
    return True


def freeze(event: Event) -> Values:
    """Return the event's values as immutable scalars; raise Rejected where it cannot be recorded.

    The slow way of `emit`: taken when some value is not of exactly the class that was declared.
    """
    problem = complaint(event)
    if problem is not None:
        raise Rejected(problem)
    return tuple(
        _frozen(field, value)
        for field, value in zip(type(event)._plan.fields, event._values, strict=True)
    )


def _frozen(field: Field, value: Any) -> Any:
    if field.place == "value":
        return _measured(field.type, value)
    made = scalar(value, field.type)
    # A label is looked up by its hash, which a signalling NaN or a time zone may refuse.
    return text_of(made) if field.place == "label" and type(made) in _UNSURE else made


def _measured(kind: type, value: Any) -> Any:
    """Return a measured value in a class that adds up with others of its field's type."""
    if value is None or type(value) is kind:
        return value
    amount = exact(value)
    if type(amount) is timedelta:
        return amount if kind is timedelta else _measured(kind, amount.total_seconds())
    if kind is Decimal:
        return Decimal(str(amount)) if type(amount) is float else Decimal(amount)
    if type(amount) is Decimal:  # float() refuses a signalling NaN
        return float("nan") if amount.is_snan() else float(amount)
    return amount


_UNSURE: Final = frozenset({Decimal, datetime, time})
