"""What is wrong with an event, said without a person's data; and what its values become."""

import math
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from django.utils.safestring import mark_safe

from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram, UpDownCounter
from labotel.events.judge import (
    Rejected,
    complaint,
    freeze,
    number,
    objection,
    scalar,
    shown,
)
from labotel.events.marks import MEASURED, Limited, Personal, Unbounded
from labotel.events.texts import CAP, TEXT_LIMIT


class Species(StrEnum):
    """A bounded text."""

    CANINE = "canine"
    FELINE = "feline"


class Size(Enum):
    """A bounded number."""

    SMALL = 1


class Judged(Event, name="t.judge.judged"):
    """A field of each kind."""

    species: Species
    person: Personal[int] = 1
    protocol_id: Unbounded[int] = 1
    amount: Annotated[Decimal, Counter("t_judge_amount_total", by=())] = Decimal(1)
    level: Annotated[int | None, UpDownCounter("t_judge_level", by=())] = None
    took: Annotated[timedelta, Histogram("t_judge_seconds", by=(), buckets=(1,))] = timedelta(
        seconds=1
    )


class Parts(Event, name="t.judge.parts"):
    """Fields that `timed` fills in, and one without an instrument."""

    pages: Annotated[int, Histogram("t_judge_pages", by=(), buckets=(1,))] = MEASURED
    note: Unbounded[str]


ANY: Any = Judged
CANARY = "canary-4711"


class Hostile:
    """Its every method raises."""

    def _raise(self, *args: object) -> Any:
        raise ValueError(CANARY)

    __str__ = __repr__ = __eq__ = __hash__ = __bool__ = __len__ = __int__ = __float__ = _raise


class Text(str):
    """A text that prints as something else each time."""

    __slots__ = ()

    def __str__(self) -> str:
        raise ValueError


def test_an_event_with_all_its_fields_has_no_complaint() -> None:
    """And no objection."""
    made = Judged(species=Species.CANINE)
    assert complaint(made) is None and objection(made) is None


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (ANY("canine"), "by keyword, not by position"),
        (ANY(specie="canine"), r"no field 'specie' \(did you mean 'species'\?\); fields: species"),
        (ANY(), r"species is missing; allowed: 'canine', 'feline'"),
        (Parts(note="x"), r"pages is missing; `timed` fills it in, else give it; allowed: int"),
        (ANY(species="canine", amount="9"), r"amount: '9' is not a number .*allowed: Decimal"),
        (ANY(species="canine", amount=True), "amount: True is not a number"),
        (ANY(species="canine", amount=None), "amount: None is not a number"),
        (ANY(species="canine", took=Hostile()), "took: <Hostile that cannot be printed> is not"),
    ],
)
def test_a_wrong_or_missing_field_rejects_the_event(made: Event, told: str) -> None:
    """The message names the event, the field and what is allowed."""
    with pytest.raises(Rejected, match=rf"^{made._plan.name}.*{told}"):
        freeze(made)
    assert complaint(made) is not None


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"species": "dog"}, r"\.species: 'dog' is not allowed; allowed: 'canine', 'feline'"),
        ({"species": ["canine"]}, r"\.species: \['canine'\] is not allowed"),
        ({"species": Hostile()}, r"\.species: <Hostile that cannot be printed> is not allowed"),
        ({"protocol_id": "nine"}, r"\.protocol_id: 'nine' is a str; allowed: int"),
        ({"protocol_id": None}, r"\.protocol_id: None is a NoneType; allowed: int"),
        ({"amount": Decimal(-1)}, r"\.amount: -1 would lower the counter t_judge_amount_total"),
        ({"amount": Decimal("NaN")}, r"\.amount: .*NaN.* is not finite"),
        ({"level": 10**400}, r"\.level: 1000.* is not finite"),
    ],
)
def test_what_costs_a_label_or_a_measurement_is_an_objection(
    fields: dict[str, Any], told: str
) -> None:
    """The event is kept, so there is no complaint."""
    made = ANY(**({"species": "canine"} | fields))
    assert complaint(made) is None
    text = objection(made)
    assert text is not None
    assert re.search(told, text), text


@pytest.mark.parametrize("value", [CANARY, [CANARY], Hostile()])
def test_a_persons_value_is_never_echoed(value: Any) -> None:
    """Whatever is wrong with it."""
    text = objection(ANY(species="canine", person=value))
    assert text is not None and "<personal>" in text
    assert CANARY not in text
    assert shown(Judged._plan.field("person"), value) == "<personal>"


@pytest.mark.parametrize(
    "fields",
    [
        {"species": "canine", "protocol_id": "9"},
        {"species": Species.FELINE, "person": "17"},
        {"species": "canine", "level": -3},
        {"species": "canine", "amount": 5},
        {"species": "canine", "amount": 0},
        {"species": "canine", "amount": 0.5},
        {"species": "canine", "took": 2.5},
    ],
)
def test_raw_values_that_fit_are_accepted(fields: dict[str, Any]) -> None:
    """As forms and JSON give them."""
    made = ANY(**fields)
    assert complaint(made) is None and objection(made) is None


def test_any_value_fits_a_union_or_any() -> None:
    """Nothing is known of their types, so nothing can be wrong with a value."""

    class Loose(Event, name="t.judge.loose"):
        either: Unbounded[int | str]
        thing: Unbounded[Any]
        maybe: Unbounded[int | str | None] = None

    for value in (1, "x", [1], None, Hostile()):
        assert objection(Loose(either=value, thing=value)) is None  # type: ignore[arg-type]


def test_a_long_value_is_named_by_its_length() -> None:
    """Its cut might go through what a pattern would know; what is not cut is shown whole."""
    field = Judged._plan.field("species")
    assert shown(field, "x" * 90 + " ada@b.org") == "a str of more than 100 characters"
    assert shown(field, "x" * 98) == repr("x" * 98)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (2.5, 2.5),
        (Decimal("0.1"), Decimal("0.1")),
        (timedelta(minutes=1, milliseconds=500), 60.5),
        (-1, -1),
        (True, None),
        ("3", None),
        (None, None),
        (math.nan, None),
        (math.inf, None),
        (-math.inf, None),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (Decimal("Infinity"), None),
        (Decimal("1E+400"), None),
        (10**400, None),
        (1.7e308, None),
    ],
)
def test_a_measured_value_is_a_finite_number(value: Any, expected: Any) -> None:
    """Seconds for a duration; what would spoil a sum for ever (NaN, an overflow) is no number."""
    assert number(value) == expected
    assert type(number(value)) is type(expected)


@pytest.mark.parametrize(
    "value",
    ["x", 1, 1.5, True, None, Decimal(1), date(2024, 1, 2), datetime(2024, 1, 2, tzinfo=UTC),
     timedelta(1), UUID(int=1), Species.CANINE, Size.SMALL],
)  # fmt: skip
def test_a_scalar_stays_itself(value: Any) -> None:
    """It cannot change any more; of an Enum, the members of the declared one."""
    assert scalar(value, type(value)) is value


def test_a_mutable_value_is_taken_as_it_is_now() -> None:
    """A later change does not reach the record."""
    made: Any = ["before"]
    kept = scalar(made)
    made[0] = "after"
    assert "before" in kept and "after" not in kept


def test_the_text_of_a_large_value_is_capped() -> None:
    """An event is no place for a document: no more waits than scrubbing would keep."""
    assert len(scalar(["x" * 100_000])) == TEXT_LIMIT
    assert len(scalar("x" * 100_000)) == CAP


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (mark_safe("safe"), "safe"),
        (Text("inner"), "inner"),
        (type("Number", (int,), {})(5), 5),
        (type("Real", (float,), {})(0.5), 0.5),
    ],
)
def test_a_subclass_becomes_its_plain_value(value: Any, expected: Any) -> None:
    """Of exactly the class that every exporter knows."""
    made = scalar(value)
    assert made == expected and type(made) is type(expected)


def test_a_value_that_cannot_be_printed_is_named_by_its_class() -> None:
    """Its own methods may do anything."""
    assert scalar(Hostile()) == "<Hostile that cannot be printed>"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("amount", 0.1, Decimal("0.1")),
        ("amount", 5, Decimal(5)),
        ("amount", timedelta(seconds=2), Decimal(2)),
        ("amount", type("Money", (Decimal,), {})("1.10"), Decimal("1.10")),
        ("level", Decimal("2.5"), 2.5),
        ("level", None, None),
        ("took", type("Duration", (timedelta,), {})(seconds=3), timedelta(seconds=3)),
        ("took", Decimal("2.5"), 2.5),
    ],
)
def test_a_measured_value_is_kept_in_a_class_that_adds_up_with_its_field(
    field: str, value: Any, expected: Any
) -> None:
    """A float among Decimals would make every later sum fail."""
    made = freeze(ANY(**({"species": "canine"} | {field: value})))[Judged._plan.index[field]]
    assert made == expected and type(made) is type(expected)


def test_what_failed_work_did_not_get_to_measure_may_be_none() -> None:
    """`timed` gives None for a field with the default MEASURED."""
    made: Any = Parts
    assert complaint(made(pages=None, note="x")) is None
    assert objection(made(pages=None, note="x")) is None


def test_a_limited_field_takes_any_text() -> None:
    """Its cap is kept where series are made."""

    class Capped(Event, name="t.judge.capped"):
        table: Annotated[str, Limited(1)]

    assert objection(Capped(table="a")) is None
    assert objection(Capped(table=5)) is not None  # type: ignore[arg-type]
