"""A field of an event: what its annotation says about where its value may go."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin
from uuid import UUID

from labotel.events.errors import DeclarationError
from labotel.events.instruments import Counter, Histogram, Instrument, UpDownCounter
from labotel.events.marks import MISSING, Limited, Mark

Place = Literal["label", "value", "unbounded", "personal"]

NUMBERS: Final = (int, float, Decimal, timedelta)
SCALARS: Final[frozenset[type]] = frozenset(
    {str, int, float, bool, NoneType, Decimal, datetime, date, time, timedelta, UUID}
)
"""What a field may hold as it is: immutable, and known to every exporter of labotel."""

NONE_LABEL: Final = "none"
OTHER_LABEL: Final = "other"


Class = type  # inside Field the word is one of its attributes


@dataclass(frozen=True)
class Field:
    """One field, judged. `labels` maps every raw value that fits to its label value."""

    name: str
    place: Place
    type: type
    optional: bool = False
    labels: Mapping[Any, str] | None = None
    limit: int | None = None
    instruments: tuple[Instrument, ...] = ()
    default: Any = MISSING

    @property
    def label_values(self) -> tuple[str, ...]:
        """The label values that the type allows; empty where only `limit` bounds them."""
        return tuple(dict.fromkeys(self.labels.values())) if self.labels is not None else ()

    @property
    def accepted(self) -> frozenset[Any]:
        """The classes whose instances are taken as they are, without a second look."""
        kinds = {self.type}
        if self.optional:
            kinds.add(NoneType)
        if issubclass(self.type, Enum):
            kinds.add(str)
        if self.type in (float, Decimal):
            kinds.add(int)
        return frozenset(kinds)

    @property
    def allowed(self) -> str:
        """What this field takes, in words for an error message."""
        if self.labels is not None:
            return ", ".join(repr(value) for value in self.label_values)
        if self.limit is not None:
            return f"a string (at most {self.limit} different ones)"
        return f"{self.type.__name__}{' or None' if self.optional else ''}"


def _without_none(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, UnionType):
        rest = tuple(arg for arg in get_args(hint) if arg is not NoneType)
        if len(rest) < len(get_args(hint)):
            return Union[rest], True  # noqa: UP007  # a union of a tuple of types
    return hint, False


def _split(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """Return the bare type, all marks and whether None fits, however they are nested."""
    marks: tuple[Any, ...] = ()
    optional = False
    while True:
        hint, none = _without_none(hint)
        optional = optional or none
        if not hasattr(hint, "__metadata__"):
            return hint, marks, optional
        marks = (*hint.__metadata__, *marks)
        hint = hint.__origin__


def _closed(base: Any) -> dict[Any, str] | None:
    """Return raw value -> label value for a type with a known set of values, else None."""
    if base is bool:
        return {True: "true", False: "false", "true": "true", "false": "false"}
    if get_origin(base) is Literal:
        table: dict[Any, str] = {}
        for value in get_args(base):
            text = _text(value.value if isinstance(value, Enum) else value)
            table[value] = table[text] = text
        return table
    if isinstance(base, type) and issubclass(base, Enum):
        if not list(base):
            raise DeclarationError(f"{base.__name__} has no members, so nothing can be its value")
        try:
            return {raw: _text(m.value) for m in base for raw in (m, m.value, _text(m.value))}
        except TypeError:
            raise DeclarationError(f"{base.__name__}: a member's value is not hashable") from None
    return None


def _text(value: Any) -> str:
    if value is None:
        return NONE_LABEL
    return str(value).lower() if isinstance(value, bool) else str(value)


def _refusal(owner: str, name: str, base: Any) -> DeclarationError:
    shown = getattr(base, "__name__", str(base))
    return DeclarationError(
        f"{owner}.{name}: a bare {shown} has no bound, so it says nothing about where it may go. "
        f"Use an Enum or Literal (a label with known values), Annotated[str, Limited(50)] (a label "
        f"with a cap), Unbounded[{shown}] (logs and spans alone), Personal[{shown}] (a pseudonym "
        f"there), or Annotated[{shown}, Histogram(...)] (a measured value)"
    )


def read(owner: str, name: str, hint: Any, default: Any = MISSING) -> Field:
    """Judge one annotation; raise DeclarationError where it does not say where the value may go."""
    base, marks, optional = _split(hint)
    known = (Mark, Limited, Counter, UpDownCounter, Histogram)
    instruments = tuple(m for m in marks if isinstance(m, (Counter, UpDownCounter, Histogram)))
    places = {m for m in marks if isinstance(m, Mark)}
    limits = [m.most for m in marks if isinstance(m, Limited)]
    if any(isinstance(m, type) and issubclass(m, known) for m in marks):
        raise DeclarationError(f"{owner}.{name}: {marks!r} holds a class; give it its arguments")
    if len(places) > 1 or (places and limits):
        raise DeclarationError(
            f"{owner}.{name}: {marks!r} contradict each other; choose one of Personal, Unbounded "
            "and Limited"
        )
    labels = _closed(base)
    origin = get_origin(base)
    bare = str if labels is not None and origin is Literal else (origin or base)
    if not isinstance(bare, type) or bare in (Any, Union, UnionType):
        bare = object
    if instruments and (places or limits):
        raise DeclarationError(
            f"{owner}.{name}: {marks!r} contradict each other; a measured value stands in logs and "
            "spans as it is, so leave out Personal, Unbounded and Limited"
        )
    if instruments:
        return _value(owner, name, bare, optional, instruments, default)
    if places:
        place: Place = "personal" if Mark.PERSONAL in places else "unbounded"
        return Field(name, place, bare, optional, default=default)
    if limits:
        if base is not str:
            shown = getattr(base, "__name__", base)
            raise DeclarationError(f"{owner}.{name}: Limited goes with str, not {shown}")
        return Field(name, "label", str, optional, limit=limits[0], default=default)
    if labels is None:
        raise _refusal(owner, name, base)
    if optional:
        labels[None] = NONE_LABEL
    return Field(name, "label", bare, optional, labels=labels, default=default)


def _value(
    owner: str,
    name: str,
    bare: type,
    optional: bool,
    instruments: tuple[Instrument, ...],
    default: Any,
) -> Field:
    if bare not in NUMBERS:
        raise DeclarationError(
            f"{owner}.{name}: {instruments[0].name} measures a number; the field is "
            f"{bare.__name__}; allowed: int, float, Decimal, timedelta"
        )
    return Field(name, "value", bare, optional, instruments=instruments, default=default)
