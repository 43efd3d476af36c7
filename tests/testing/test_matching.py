"""Whether a value is the one that is asked for."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from unittest.mock import ANY
from uuid import UUID

import pytest

from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.judge import freeze
from labotel.events.marks import MEASURED, Limited, Personal, Unbounded
from labotel.testing.matching import differing, judge, judge_values, same


class Level(Enum):
    """An enumeration that is no text."""

    LOW = 1
    HIGH = 2


class Everything(Event, name="t.matching.everything"):
    """A field of each kind."""

    level: Level = Level.LOW
    size: Literal["s", "l"] | None = None
    urgent: bool = False
    ward: Annotated[str, Limited(5)] = "north"
    person: Personal[str | int] = "ada"
    name: Personal[str] = "ada"
    number: Unbounded[int] = 9
    key: Unbounded[UUID] = UUID(int=7)
    thing: Unbounded[object] = None
    at: Unbounded[datetime | None] = None
    amount: Annotated[Decimal, Counter("t_matching_total", by=())] = Decimal("1.50")
    took: Annotated[timedelta, Histogram("t_matching_seconds", by=())] = timedelta(seconds=90)
    late: Literal["a", "b"] = MEASURED


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = UUID(int=7)


@pytest.mark.parametrize(
    ("name", "said", "asked"),
    [
        ("level", Level.HIGH, Level.HIGH),
        ("level", Level.HIGH, 2),
        ("level", Level.HIGH, "2"),
        ("level", "2", Level.HIGH),
        ("size", "s", "s"),
        ("size", None, None),
        ("size", None, "none"),
        ("urgent", True, True),
        ("urgent", True, "true"),
        ("ward", "north", "north"),
        ("person", 17, "17"),
        ("person", "17", 17),
        ("number", 9, 9),
        ("number", 9, "9"),
        ("thing", ["a", 1], ["a", 1]),
        ("thing", KEY, KEY),
        ("thing", KEY, str(KEY)),
        ("thing", None, None),
        ("at", NOON, NOON),
        ("at", NOON, "2026-03-01T12:00:00+00:00"),
        ("amount", Decimal("1.50"), Decimal("1.5")),
        ("amount", Decimal("1.50"), 1.5),
        ("amount", Decimal("1.50"), "1.50"),
        ("took", timedelta(seconds=90), timedelta(minutes=1.5)),
        ("took", timedelta(seconds=90), 90),
        ("took", timedelta(seconds=90), pytest.approx(90.001, abs=0.01)),
        ("person", "ada", ANY),
    ],
)
def test_a_value_is_found_as_given_as_a_text_or_in_seconds(
    name: str, said: Any, asked: Any
) -> None:
    """However the application and the test write it."""
    kept = freeze(Everything(**{"late": "a", name: said}))
    plan = Everything._plan
    assert same(plan.field(name), kept[plan.index[name]], asked)


@pytest.mark.parametrize(
    ("name", "said", "asked"),
    [
        ("level", Level.HIGH, Level.LOW),
        ("size", None, "s"),
        ("urgent", False, "true"),
        ("person", "ada", "Ada"),
        ("number", 9, 90),
        ("number", 9, None),
        ("thing", None, "None"),
        ("thing", "None", None),
        ("thing", ["a"], ["b"]),
        ("took", timedelta(seconds=90), timedelta(seconds=91)),
        ("took", timedelta(seconds=90), pytest.approx(80)),
    ],
)
def test_another_value_is_another(name: str, said: Any, asked: Any) -> None:
    """None is not the text of it."""
    kept = freeze(Everything(**{"late": "a", name: said}))
    plan = Everything._plan
    assert not same(plan.field(name), kept[plan.index[name]], asked)


def test_what_cannot_be_compared_is_another() -> None:
    """An array raises where it is asked for its truth."""

    class Array:
        def __eq__(self, other: object) -> bool:
            raise ValueError("ambiguous")

        __hash__ = None  # type: ignore[assignment]

    assert differing(Everything(late="a"), {"number": Array()}) == ["number"]


def test_all_fields_that_differ_are_named() -> None:
    """In the order in which they are asked for."""
    said = Everything(level=Level.LOW, number=9, person="ada", late="a")
    assert differing(said, {"number": 8, "level": 1, "person": "bob"}) == ["number", "person"]


def test_a_question_without_an_answer_is_a_type_error() -> None:
    """A class that is no event, a field that it lacks."""
    judge(Everything, {"level": 1})
    with pytest.raises(TypeError, match="did you mean 'person'"):
        judge(Everything, {"persn": 1})
    with pytest.raises(TypeError, match="concrete Event class"):
        judge(Event, {})


@pytest.mark.parametrize(
    "wanted",
    [{"level": 1}, {"level": "2"}, {"size": None}, {"size": "none"}, {"urgent": "false"},
     {"ward": "anything"}, {"late": None}, {"late": "a"}, {"level": ANY}, {"ward": 17},
     {"person": 17}, {"person": None}, {"thing": None}, {"number": "17"}, {"number": 17.5},
     {"number": True}, {"number": Level.HIGH}, {"number": ANY}, {"number": pytest.approx(9.1)},
     {"at": None}, {"at": NOON}, {"at": "2026-03-01T12:00:00+00:00"}, {"key": KEY},
     {"key": str(KEY)}, {"amount": "1.50"}, {"amount": timedelta(1)}, {"took": 90}, {"took": ANY},
     {"took": pytest.approx(90)}, {"took": "90.0"}, {"thing": NOON}, {"number": [9]}],
)  # fmt: skip
def test_values_that_may_be_are_no_error(wanted: dict[str, Any]) -> None:
    """Failed work has None where it did not get to measure; texts may be of what was given."""
    judge_values(Everything, wanted)


@pytest.mark.parametrize(
    "wanted",
    [{"level": 3}, {"size": "m"}, {"urgent": None}, {"late": "c"}, {"level": 1.5}, {"ward": None},
     {"number": "nine"}, {"number": None}, {"number": NOON}, {"number": KEY}, {"at": "noon"},
     {"at": 5}, {"key": "x"}, {"key": 7}, {"amount": "much"}, {"amount": None}, {"took": "abc"},
     {"took": None}, {"name": None}],
)  # fmt: skip
def test_values_that_can_never_be_are_a_type_error(wanted: dict[str, Any]) -> None:
    """With what is allowed: a label's values, another field's type."""
    with pytest.raises(TypeError, match="can never be; allowed: "):
        judge_values(Everything, wanted)


def test_a_text_field_may_have_been_given_a_number() -> None:
    """So that asking for one, or for its text, has an answer: no value of it can never be."""
    field = Everything._plan.field("name")
    judge_values(Everything, {"name": 17})
    assert same(field, "17", 17) and same(field, 17, "17")
