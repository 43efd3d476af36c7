"""Whether an event is the one that a test asks for, field by field."""

from collections.abc import Callable
from datetime import date, datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from labotel.events.errors import nearest
from labotel.events.event import Event, label_text
from labotel.events.fields import NUMBERS, SCALARS, Field
from labotel.events.judge import scalar
from labotel.events.marks import MEASURED
from labotel.signals.records import plain
from labotel.testing.texts import value_repr

_RAW: Final = (*SCALARS, Enum)
_READ: Final[dict[type, Callable[[str], Any]]] = {
    **dict.fromkeys(NUMBERS, float),
    datetime: datetime.fromisoformat,
    date: datetime.fromisoformat,
    UUID: UUID,
}
"""How the texts of these types' values are read: what cannot be read is none of their values."""


def judge(event: Any, wanted: dict[str, Any]) -> None:
    """Raise TypeError where the question cannot be answered: no event class, no such field."""
    __tracebackhide__ = True
    if not (isinstance(event, type) and issubclass(event, Event) and hasattr(event, "_plan")):
        raise TypeError(
            f"{value_repr(event)}: give a concrete Event class, as in one(ProtocolCompleted)"
        )
    plan = event._plan
    for name in wanted:
        if name not in plan.index:
            names = ", ".join(plan.index) or "none"
            raise TypeError(
                f"{event.__name__} has no field {name!r}{nearest(name, plan.index)}; "
                f"fields: {names}"
            )


def judge_values(event: type[Event], wanted: dict[str, Any]) -> None:
    """Raise TypeError where an event can never have a value: "none" would pass for ever."""
    __tracebackhide__ = True
    for name, value in wanted.items():
        field = event._plan.field(name)
        if isinstance(value, _RAW) and not _may_be(field, value):
            raise TypeError(
                f"{event.__name__}.{name}: {value_repr(value)} can never be; "
                f"allowed: {field.allowed}"
            )


def _may_be(field: Field, value: Any) -> bool:
    """Tell whether a value, or its text, may be one that the field's type takes."""
    if value is None and field.default is MEASURED:  # failed work did not get to measure it
        return True
    if field.labels is not None:
        return _label(field, value) is not None
    if value is None:
        return field.optional or field.type is object
    if field.type not in _READ:
        return True
    try:
        _READ[field.type](str(plain(int(value) if isinstance(value, bool) else scalar(value))))
    except ValueError:
        return False
    return True


def differing(event: Event, wanted: dict[str, Any]) -> list[str]:
    """Return the names of the fields that have another value than the one that is wanted."""
    plan = type(event)._plan
    return [
        name
        for name, value in wanted.items()
        if not same(plan.field(name), event._values[plan.index[name]], value)
    ]


def same(field: Field, kept: Any, value: Any) -> bool:
    """Tell whether a value is the one that was said, as given, as a text, or in seconds.

    A value that compares itself (`pytest.approx`, `unittest.mock.ANY`) is asked, too.
    """
    shown = plain(kept)
    if _equal(value, kept) or _equal(value, shown):
        return True
    if field.labels is not None:
        text = _label(field, value)
        return text is not None and text == label_text(field, kept)
    if value is None or kept is None:
        return False
    return str(plain(scalar(value))) == str(shown)


def _equal(a: Any, b: Any) -> bool:
    try:
        return bool(a == b)
    except Exception:  # arrays, and what compares itself with its own kind alone
        return False


def _label(field: Field, value: Any) -> str | None:
    """Return the label value that is meant by a value, or by that label value itself."""
    text = label_text(field, value)
    if text is None and isinstance(value, str) and value in field.label_values:
        return value
    return text
