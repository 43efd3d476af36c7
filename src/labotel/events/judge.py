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


class Rejected(Exception):
    """An event that cannot be recorded; its text names the event, the field and what is allowed."""


def scalar(value: Any) -> Any:
    """Return an immutable stand-in for any value, so that a later change cannot reach a record."""
    if value.__class__ in SCALARS or isinstance(value, Enum):
        return value
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            try:
                return kind(value)
            except Exception:  # a subclass may do anything
                break
    try:
        return str(value)[:TEXT_LIMIT]
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
        if field.place == "value" and number(value) is None and not (
            field.optional and value is None
        ):
            return (
                f"{plan.name}.{field.name}: {shown(field, value)} is not a number to measure; "
                f"allowed: {field.allowed}"
            )
    return None


def number(value: Any) -> float | int | Decimal | None:
    """Return the number that a measured value is (seconds for a timedelta), None for no number.

    NaN and the infinities are no numbers: one of them would spoil a sum for ever.
    """
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, NUMBERS):
        return None
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return value if value - value == 0 else None  # NaN and infinity give NaN


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
        if measure.of is not None and measure.instrument.kind == "counter":
            amount = number(event._values[plan.index[measure.of]])
            if amount is not None and amount < 0:
                return (
                    f"{plan.name}.{measure.of}: {amount} would lower the counter "
                    f"{measure.instrument.name}; allowed: 0 or more (an UpDownCounter may fall)"
                )
    return None


def _fits(field: Field, value: Any) -> bool:
    """Tell whether a value, or the text that a form gives of it, is of the field's type."""
    if value is None:
        return field.optional
    if isinstance(value, field.type) or field.type in (object, str):
        return True
    if field.type is float and isinstance(value, int):
        return True
    try:
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
    return tuple(scalar(value) for value in event._values)
