"""An event: declared once as a class, said by making an instance and handing it to `emit`."""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import cleandoc, get_annotations
from string import Formatter
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Literal,
    cast,
    dataclass_transform,
    get_origin,
    get_type_hints,
)

from labotel.events import registry
from labotel.events.errors import DeclarationError
from labotel.events.fields import NONE_LABEL, Field, read
from labotel.events.instruments import Instrument, check_label
from labotel.events.marks import MISSING
from labotel.events.measures import Measure, measures_of
from labotel.events.texts import CAP

Severity = Literal["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
SEVERITIES: tuple[str, ...] = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")

Values = tuple[Any, ...]


@dataclass(frozen=True)
class Plan:
    """All that a declaration says, once for a class: every room reads this and nothing else."""

    name: str
    doc: str
    fields: tuple[Field, ...]
    measures: tuple[Measure, ...]
    log: bool
    span: bool
    severity: Severity
    body: str
    index: dict[str, int]

    def field(self, name: str) -> Field:
        """Return the field called `name` (KeyError where there is none)."""
        return self.fields[self.index[name]]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event:
    """The base of all events.

    Class keywords: `name` (dotted lower case; left out for a base that only lends its fields),
    `instruments` (counters of events), `log` and `span` (False where every event would flood),
    `severity`, and `body` (the record's text, with ``{field}`` places).
    The constructor takes keywords alone and never raises: `emit` judges what it was given.
    """

    __slots__ = ("_bad", "_values")

    _plan: ClassVar[Plan]
    _fields: ClassVar[dict[str, Field]] = {}
    _fits: ClassVar[Callable[[Values], bool]]
    _values: Values
    _bad: tuple[Any, ...] | None

    def __init_subclass__(
        cls,
        *,
        name: str | None = None,
        instruments: tuple[Instrument, ...] = (),
        log: bool = True,
        span: bool = True,
        severity: Severity = "INFO",
        body: str | None = None,
    ) -> None:
        for base in cls.__mro__[1:]:
            plan = base.__dict__.get("_plan")
            if plan is not None:
                raise DeclarationError(
                    f"{cls.__name__}: {base.__name__} is a concrete event ({plan.name!r}); "
                    "put the shared fields in an Event without a name= and inherit that"
                )
        cls._fields = _read_fields(cls)
        if name is None:
            return
        measures = measures_of(cls.__name__, tuple(cls._fields.values()), instruments)
        _check_event(cls.__name__, name, severity, body, cls._fields)
        fields = tuple(cls._fields.values())
        index = {field.name: i for i, field in enumerate(fields)}
        doc = cleandoc(cls.__doc__ or "")
        cls._plan = Plan(name, doc, fields, measures, log, span, severity, body or name, index)
        registry.register(cls, cls._plan.name, _signatures(cls._plan))
        _generate(cls, fields)

    if not TYPE_CHECKING:  # a type checker makes the constructor from the fields

        def __init__(self, /, *_p: object, **_x: object) -> None:
            """Take anything, where there is no name=: `emit` refuses it."""
            self._values = (MISSING,) * len(self._fields)
            self._bad = (_p, _x)

    def __repr__(self) -> str:
        fields = type(self)._fields.values()
        shown = ", ".join(
            f"{f.name}={'<personal>' if f.place == 'personal' else repr(v)}"
            for f, v in zip(fields, self._values, strict=True)
            if v is not MISSING
        )
        return f"{type(self).__name__}({shown})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self) or not isinstance(other, Event):
            return NotImplemented
        return self._values == other._values and self._bad == other._bad

    __hash__ = None  # type: ignore[assignment]  # equal by values, and a value may be unhashable


def _read_fields(cls: type[Event]) -> dict[str, Field]:
    try:
        hints = get_type_hints(cls, include_extras=True)
    except DeclarationError:
        raise
    except Exception as error:
        raise DeclarationError(
            f"{cls.__name__}: an annotation cannot be resolved ({error}). Define its types at the "
            "top of a module, above the event and not under TYPE_CHECKING"
        ) from error
    fields = dict(cls._fields)
    declared_here = get_annotations(cls)
    for name, hint in hints.items():
        inherited = name in fields and name not in declared_here
        if name in _OWN_NAMES or inherited or get_origin(hint) is ClassVar or hint is ClassVar:
            continue
        check_label(name, cls.__name__)
        if name == "self":
            raise DeclarationError(f"{cls.__name__}: a field cannot be called 'self'")
        fields[name] = read(cls.__name__, name, hint, getattr(cls, name, MISSING))
    return fields


def _check_event(
    owner: str, name: object, severity: object, body: str | None, fields: dict[str, Field]
) -> None:
    if not isinstance(name, str) or not registry.EVENT_NAME.fullmatch(name):
        raise DeclarationError(
            f"{owner}: name={name!r} is not an event name; allowed: lower case words with dots, as "
            "in 'lab.protocol.completed'"
        )
    if severity not in SEVERITIES:
        raise DeclarationError(f"{owner}: severity={severity!r}; allowed: {', '.join(SEVERITIES)}")
    try:
        places = [part[1:] for part in Formatter().parse(body or "") if part[1] is not None]
    except (TypeError, ValueError) as error:
        raise DeclarationError(
            f"{owner}: body={body!r} is not a text with {{field}} places: {error}"
        ) from None
    for place, form, conversion in places:
        if place not in fields or fields[place].place == "personal" or form or conversion:
            usable = [f.name for f in fields.values() if f.place != "personal"]
            raise DeclarationError(
                f"{owner}: body={body!r} names {place!r}; allowed: {', '.join(usable) or 'none'}, "
                "without a format (a personal field never stands in a text)"
            )


def _signatures(plan: Plan) -> dict[str, tuple[object, ...]]:
    return {
        m.instrument.name: (m.instrument.kind, m.by, getattr(m.instrument, "buckets", ()))
        for m in plan.measures
    }


def _generate(cls: type[Event], fields: tuple[Field, ...]) -> None:
    """Write the constructor and the fast check: one tuple, one comparison of classes a field.

    Generated because both stand on the calling thread of every `emit`.
    """
    scope: dict[str, Any] = {"MISSING": MISSING}
    for i, field in enumerate(fields):
        scope |= {f"d{i}": field.default, f"t{i}": field.type, f"a{i}": field.accepted}
    names = [field.name for field in fields]
    arguments = "".join(f"{name}=d{i}, " for i, name in enumerate(names))
    checks = [_check(i, field) for i, field in enumerate(fields)]
    source = (
        f"def __init__(self, /, *_p, {arguments}**_x):\n"
        f"    self._values = ({''.join(name + ', ' for name in names)})\n"
        f"    self._bad = (_p, _x) if _p or _x else None\n"
        f"def fits(v):\n    return {' and '.join(checks) or 'True'}\n"
    )
    exec(compile(source, f"<event {cls.__name__}>", "exec"), scope)  # noqa: S102  # own text
    scope["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    setattr(cls, "__init__", scope["__init__"])  # noqa: B010  # mypy refuses the plain assignment
    cls._fits = staticmethod(scope["fits"])
    for i, name in enumerate(names):
        setattr(cls, name, property(_getter(i), doc=f"The field {name!r}."))


def _check(i: int, field: Field) -> str:
    """Return the text of one field's check; a text that is too long takes the slow way, too."""
    kind = f"type(v[{i}])"
    short = f"len(v[{i}]) <= {CAP}"
    if field.accepted == {str}:
        return f"{kind} is str and {short}"
    if len(field.accepted) == 1:
        return f"{kind} is t{i}"
    others = f"{kind} in a{i}"
    if str in field.accepted:
        others = f"{others} and ({kind} is not str or {short})"
    return f"({kind} is t{i} or {others})" if field.type is not str else f"({others})"


def _getter(index: int) -> Callable[[Event], Any]:
    return lambda event: event._values[index]


def label_text(field: Field, value: Any) -> str | None:
    """Return the label value of a raw value, or None where the type does not allow it.

    For a `Limited` field any string fits; its cap is kept where series are made.
    """
    if field.labels is not None:
        try:
            return field.labels.get(value)
        except Exception:  # unhashable, or its comparison fails
            return None
    if value is None:
        return NONE_LABEL if field.optional else None
    kind = type(value)
    if kind is str:
        return cast("str", value)
    return str.__str__(value) if issubclass(kind, str) else None


_OWN_NAMES = frozenset(Event.__annotations__)
