"""Adding to a declared counter by hand: what may be added is judged before anything is counted."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from labotel.events.catalog import Catalog
from labotel.events.errors import nearest
from labotel.events.event import Event, Plan, Values
from labotel.events.fields import NONE_LABEL, Field
from labotel.events.measures import Measure
from labotel.events.texts import quoted
from labotel.policy.cardinality import limited

BODY: Final = 8192
"""The longest body, in bytes."""
MOST: Final = 1_000_000_000
"""The most that is added at once: a slip of the hand must not spoil a sum for ever."""
KEYS: Final = ("metric", "value", "labels")
_AMOUNT: Final = "(amount)"
_SHOWN: Final = 60


class Refused(Exception):
    """What cannot be added: an HTTP status, and what is wrong, with what is allowed instead."""

    def __init__(self, status: int, what: str, value: object, allowed: str, hint: str = "") -> None:
        self.status = status
        shown = quoted(value, _SHOWN)
        super().__init__(f"{what}: {shown} is not allowed{hint}; allowed: {allowed}")
        self.said = {"error": str(self), "what": what, "value": shown, "allowed": allowed}


@dataclass(frozen=True)
class Countable:
    """A counter that may be added to: one measure of an event, and how its values are queued."""

    measure: Measure
    fields: tuple[Field, ...]
    kind: Any
    """Stands for the event's class in the queue: its plan has this counter alone."""
    whole: bool
    exact: bool

    @property
    def name(self) -> str:
        """The counter's name."""
        return self.measure.instrument.name


@dataclass(frozen=True)
class Increment:
    """An addition that was judged."""

    counter: Countable
    amount: int | float | Decimal
    labels: dict[str, str]
    values: Values

    @property
    def series(self) -> str:
        """The series, as Prometheus writes it."""
        inner = ",".join(f'{label}="{value}"' for label, value in self.labels.items())
        return f"{self.counter.name}{{{inner}}}" if inner else self.counter.name

    @property
    def said(self) -> dict[str, Any]:
        """What was added, as JSON has it."""
        return {
            "metric": self.counter.name,
            "value": float(self.amount) if isinstance(self.amount, Decimal) else self.amount,
            "labels": self.labels,
        }


Add = Callable[[Any, Values], None]
"""Puts values of a kind into the queue."""


class Increments:
    """The counters of an application's catalogues, to be added to."""

    def __init__(self, catalogs: Iterable[Catalog], add: Add) -> None:
        self._add = add
        self.counters: dict[str, Countable] = {}
        for catalog in catalogs:
            for event in catalog.events:
                for measure in event._plan.measures:
                    if measure.instrument.kind == "counter":
                        made = _countable(event, measure)
                        self.counters.setdefault(made.name, made)

    def judge_body(self, body: bytes) -> Increment:
        """Return what a JSON body asks for; raise Refused where anything about it is wrong."""
        return self.judge(parsed(body))

    def add(self, made: Increment) -> None:
        """Add what was judged."""
        self._add(made.counter.kind, made.values)

    def judge(self, given: Any) -> Increment:
        """Return what a mapping asks for; raise Refused where anything about it is wrong."""
        if not isinstance(given, dict):
            raise Refused(400, "body", given, 'an object, as in {"metric": "orders_total"}')
        for key in given:
            if key not in KEYS:
                raise Refused(400, "body", key, ", ".join(KEYS), nearest(str(key)[:100], KEYS))
        counter = self._named(given.get("metric"))
        amount = _amount(counter, given.get("value", 1))
        values, labels = _labelled(counter, given.get("labels", {}))
        return Increment(counter, amount, labels, (*values, amount))

    def _named(self, name: Any) -> Countable:
        """Return the counter of a name, which may stand without its prefix."""
        names = ", ".join(sorted(self.counters)) or "none: no catalogue declares a counter"
        if not isinstance(name, str) or not name:
            raise Refused(400, "metric", name, names)
        if name in self.counters:
            return self.counters[name]
        ends = [full for full in self.counters if full.endswith(f"_{name}")]
        if len(ends) == 1:
            return self.counters[ends[0]]
        if ends:
            raise Refused(400, "metric", name, ", ".join(sorted(ends)), ": several end so")
        raise Refused(404, "metric", name, names, nearest(name[:100], self.counters))


def parsed(body: bytes) -> Any:
    """Return what a body holds; raise Refused where that is no JSON, or a key is there twice."""
    if len(body) > BODY:
        raise Refused(413, "body", f"{len(body)} bytes", f"{BODY} bytes at most")
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except Refused:
        raise
    except (ValueError, RecursionError):
        raise Refused(400, "body", f"{len(body)} bytes", "JSON in UTF-8") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Refused(400, "body", next(k for k in keys if keys.count(k) > 1), "each key once")
    return made


def _no_constant(word: str) -> Any:
    raise Refused(400, "value", word, "a finite number")


def _amount(counter: Countable, value: Any) -> int | float | Decimal:
    if counter.whole:
        allowed = f"a whole number from 1 to {MOST}"
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or not 1 <= value <= MOST:
            raise Refused(400, "value", value, allowed)
        return value
    allowed = f"a number above 0, at most {MOST}"
    if type(value) not in (int, float) or not isfinite(value) or not 0 < value <= MOST:
        raise Refused(400, "value", value, allowed)
    if counter.exact:
        return Decimal(str(value))
    return float(value)


def _labelled(counter: Countable, given: Any) -> tuple[list[Any], dict[str, str]]:
    """Return the values of the counter's labels, raw and as a series shows them."""
    by = counter.measure.by
    names = ", ".join(by) or "none"
    if not isinstance(given, dict):
        raise Refused(400, "labels", given, f"an object with {names}")
    for label in given:
        if label not in by:
            raise Refused(400, "labels", label, names, nearest(str(label)[:100], by))
    values, shown = [], {}
    for label, field in zip(by, counter.fields, strict=True):
        if label not in given:
            raise Refused(400, f"labels.{label}", "nothing", field.allowed)
        raw, text = _label(label, field, given[label])
        values.append(raw)
        shown[label] = text
    return values, shown


def _label(label: str, field: Field, value: Any) -> tuple[Any, str]:
    """Return a label's raw value and its text; only what the declaration knows has one."""
    if value is None and field.optional:
        return None, NONE_LABEL
    if field.labels is not None:
        # JSON's true and 1 are one key of a dictionary: the text tells them apart.
        text = str(value).lower() if isinstance(value, bool) else value
        if type(value) is int:
            text = str(value)
        if isinstance(text, str) and text in field.label_values:
            raw = next(raw for raw, shown in field.labels.items() if shown == text)
            return raw, text
        raise Refused(400, f"labels.{label}", value, field.allowed)
    if not isinstance(value, str) or not value or value != limited(value):
        raise Refused(
            400, f"labels.{label}", value,
            f"{field.allowed}, of 1 to 200 characters, without personal data",
        )  # fmt: skip
    return value, value


def _countable(event: type[Event], measure: Measure) -> Countable:
    plan = event._plan
    fields = tuple(plan.field(of) for of in measure.fields)
    of = None if measure.of is None else plan.field(measure.of).type
    exact, whole = of is Decimal, of is None or of is int
    # Labels by their place, as two of them may be filled by one field.
    named = tuple(replace(field, name=str(i)) for i, field in enumerate(fields))
    amount = Field(_AMOUNT, "value", Decimal if exact else int if whole else float)
    alone = Measure(measure.instrument, measure.by, tuple(f.name for f in named), _AMOUNT)
    added = Plan(
        plan.name, plan.doc, (*named, amount), (alone,), False, False, plan.severity, plan.body,
        {field.name: i for i, field in enumerate((*named, amount))},
    )  # fmt: skip
    return Countable(measure, fields, type("Added", (), {"_plan": added}), whole, exact)
