"""What is wrong with an event that was made, and what a value that is no scalar becomes."""

from datetime import timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from labotel.events.errors import nearest
from labotel.events.event import Event, Values, label_text
from labotel.events.fields import NUMBERS, SCALARS, Field
from labotel.events.marks import MEASURED, Missing

TEXT_LIMIT: Final = 4096
"""The longest text that a value which is no scalar becomes."""
LARGEST: Final = 1e300
"""What a sum of very many values still has room for: a float ends at 1.8e308."""


class Rejected(Exception):
    """An event that cannot be recorded; its text names the event, the field and what is allowed."""


def scalar(value: Any) -> Any:
    """Return an immutable stand-in for any value, so that a later change cannot reach a record."""
    if value.__class__ in SCALARS or isinstance(value, Enum):
        return value
    for kind in (bool, int, float):
        if isinstance(value, kind):
            try:
                return kind(value)
            except Exception:  # a subclass may do anything
                break
    if isinstance(value, str):
        return str.__str__(value)
    try:
        return str.__str__(str(value))[:TEXT_LIMIT]
    except Exception:
        return f"<{type(value).__name__} that cannot be printed>"


def shown(field: Field, value: Any) -> str:
    """Return a value for a message; a personal one is never echoed."""
    if field.place == "personal":
        return "<personal>"
    try:
        return repr(value)[:100]
    except Exception:
        return f"<{type(value).__name__} that cannot be printed>"


def complaint(event: Event) -> str | None:
    """Return why the event must be rejected: an unknown, missing or unmeasurable field."""
    plan = type(event)._plan
    if event._bad is not None:
        positional, unknown = event._bad
        if positional:
            return f"{plan.name}: fields are given by keyword, not by position"
        name = next(iter(unknown))
        fields = ", ".join(f.name for f in plan.fields) or "none"
        return f"{plan.name}: no field {name!r}{nearest(name, plan.index)}; fields: {fields}"
    for field, value in zip(plan.fields, event._values, strict=True):
        if value.__class__ is Missing:
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
    return isinstance(value, NUMBERS) and not isinstance(value, bool)


def number(value: Any) -> float | int | Decimal | None:
    """Return the number that a measured value is (seconds for a timedelta), None for no number.

    NaN, the infinities and what is beyond LARGEST are no numbers: one would spoil a sum for ever.
    """
    if isinstance(value, timedelta):
        return value.total_seconds()
    if not _numeric(value) or (isinstance(value, Decimal) and not value.is_finite()):
        return None
    return value if -LARGEST < value < LARGEST else None  # NaN is in no range


def objection(event: Event) -> str | None:
    """Return what else is wrong, which costs a label or a measurement but not the event."""
    plan = type(event)._plan
    for field, value in zip(plan.fields, event._values, strict=True):
        if field.place == "label" and label_text(field, value) is None:
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
        if measure.instrument.kind == "counter" and amount is not None and amount < 0:
            return (
                f"{plan.name}.{measure.of}: {amount} would lower the counter "
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
        _measured(field.type, value) if field.place == "value" else scalar(value)
        for field, value in zip(type(event)._plan.fields, event._values, strict=True)
    )


def _measured(kind: type, value: Any) -> Any:
    """Return a measured value in a class that adds up with others of its field's type."""
    if value is None or value.__class__ is kind:
        return value
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return timedelta(seconds=seconds) if kind is timedelta else _measured(kind, seconds)
    if kind is Decimal:
        return Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    if isinstance(value, Decimal):
        return float("nan") if value.is_snan() else float(value)  # float() refuses a signalling NaN
    return scalar(value)
