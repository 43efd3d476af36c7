"""A field's annotation alone decides where its values may go (design, idea 1)."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Annotated, Any, Literal, NewType, Optional, Union
from uuid import UUID

import pytest
from django.db.models import IntegerChoices, TextChoices

from labotel.events.errors import DeclarationError
from labotel.events.event import label_text
from labotel.events.fields import Field, read
from labotel.events.instruments import Counter, Histogram, UpDownCounter
from labotel.events.marks import MEASURED, MISSING, Limited, Personal, Unbounded


class Species(StrEnum):
    """A bounded text."""

    CANINE = "canine"
    FELINE = "feline"


class Stage(Enum):
    """An enum whose members are not texts."""

    FIRST = 1
    SECOND = 2


class Size(TextChoices):
    """A model's choices."""

    SMALL = "s", "Small"
    LARGE = "l", "Large"


class Level(IntegerChoices):
    """A model's numbered choices."""

    LOW = 1
    HIGH = 2


class Port(IntEnum):
    """Numbers with names."""

    HTTP = 80


class Switch(Enum):
    """Members with the values of Python's constants."""

    ON = True
    OFF = False
    UNSET = None


class Empty(Enum):
    """An enum without members."""


class Lists(Enum):
    """Members whose values have no hash."""

    ONE = [1]  # noqa: RUF012


SECONDS = Histogram("x_seconds", by=())
Id = NewType("Id", int)


def judged(hint: Any) -> Field:
    """The field `f` of `E` with this annotation."""
    return read("E", "f", hint)


@pytest.mark.parametrize(
    ("hint", "values"),
    [
        (Species, {"canine", "feline"}),
        (Stage, {"1", "2"}),
        (Port, {"80"}),
        (Size, {"s", "l"}),
        (Level, {"1", "2"}),
        (Switch, {"true", "false", "none"}),
        (bool, {"true", "false"}),
        (Literal["GET", "POST"], {"GET", "POST"}),
        (Literal[1, 2], {"1", "2"}),
        (Literal[True, False], {"true", "false"}),
        (Literal[Stage.FIRST], {"1"}),
        (Literal["a", None], {"a", "none"}),  # noqa: PYI061
        (Species | None, {"canine", "feline", "none"}),
        (Optional[bool], {"true", "false", "none"}),  # noqa: UP045
        (Literal["GET"] | None, {"GET", "none"}),
    ],
)
def test_a_type_with_known_values_is_a_label_with_those_values(hint: Any, values: set[str]) -> None:
    """Enum, Literal, bool and Django's choices are bounded; None is `none`, booleans lower case."""
    field = judged(hint)
    assert field.place == "label"
    assert set(field.label_values) == values


@pytest.mark.parametrize(
    ("hint", "raw", "label"),
    [
        (Species, Species.CANINE, "canine"),
        (Species, "canine", "canine"),
        (Species, "dog", None),
        (Species, None, None),
        (Species | None, None, "none"),
        (Stage, Stage.SECOND, "2"),
        (Stage, 2, "2"),
        (Stage, "2", "2"),
        (Size, Size.LARGE, "l"),
        (Size, "l", "l"),
        (Size, "Large", None),
        (Level, "2", "2"),
        (bool, True, "true"),
        (bool, "false", "false"),
        (bool, "maybe", None),
        (Literal["GET"], "GET", "GET"),
        (Literal["GET"], "get", None),
        (Literal[1], "1", "1"),
        (Species, ["canine"], None),
        (Annotated[str, Limited(2)], "any text", "any text"),
        (Annotated[str, Limited(2)], 5, None),
        (Annotated[str, Limited(2)] | None, None, "none"),
    ],
)
def test_raw_values_that_fit_are_accepted_as_forms_and_json_give_them(
    hint: Any, raw: Any, label: str | None
) -> None:
    """A member, its value and the value's text are one label value; anything else is none."""
    assert label_text(judged(hint), raw) == label


def test_an_annotated_str_with_a_cap_is_a_label_of_at_most_so_many_values() -> None:
    """`Annotated[str, Limited(50)]` is bounded by its cap, also where it may be None."""
    for hint in (Annotated[str, Limited(50)], Annotated[str | None, Limited(50)],
                 Annotated[str, Limited(50)] | None):  # fmt: skip
        field = judged(hint)
        assert (field.place, field.limit, field.label_values) == ("label", 50, ())
    assert judged(Annotated[str, Limited(50)] | None).optional


@pytest.mark.parametrize(
    ("hint", "kind", "optional"),
    [
        (Unbounded[int], int, False),
        (Unbounded[str | None], str, True),
        (Unbounded[UUID] | None, UUID, True),
        (Unbounded[datetime], datetime, False),
        (Unbounded[date], date, False),
        (Unbounded[list[int]], list, False),
        (Unbounded[Any], object, False),
        (Unbounded[int | str], object, False),
        (Unbounded[Union[int, str]], object, False),  # noqa: UP007
        (Unbounded[int | str | None], object, True),
        (Unbounded[Id], object, False),
        (Unbounded[Species], Species, False),
    ],
)
def test_an_unbounded_value_goes_to_logs_and_spans(hint: Any, kind: type, optional: bool) -> None:
    """Of any type, and whether None fits is seen wherever it stands."""
    field = judged(hint)
    assert (field.place, field.type, field.optional) == ("unbounded", kind, optional)


@pytest.mark.parametrize("hint", [Personal[str], Personal[int], Personal[str] | None])
def test_a_personal_value_is_personal(hint: Any) -> None:
    """Whatever its type."""
    assert judged(hint).place == "personal"


@pytest.mark.parametrize("kind", [int, float, Decimal, timedelta])
@pytest.mark.parametrize("made", [SECONDS, Counter("x_total"), UpDownCounter("x_level")])
def test_a_number_with_an_instrument_is_a_measured_value(kind: type, made: Any) -> None:
    """Int, float, Decimal and timedelta can be measured, by any instrument of events."""
    field = judged(Annotated[kind, made])
    assert (field.place, field.type, field.instruments) == ("value", kind, (made,))
    assert judged(Annotated[kind, made] | None).optional


@pytest.mark.parametrize(
    "hint", [str, int, float, list[str], dict, object, Species | str, Id, Annotated[str, 50]]
)
def test_a_bare_type_is_refused_with_the_choices(hint: Any) -> None:
    """The message names the class, the field and every way to say where the value may go."""
    with pytest.raises(DeclarationError, match=r"^E\.f: ") as caught:
        judged(hint)
    for choice in ("Enum", "Literal", "Limited(50)", "Unbounded[", "Personal[", "Histogram("):
        assert choice in str(caught.value)


@pytest.mark.parametrize(
    "hint",
    [
        Personal[Unbounded[str]],
        Annotated[Personal[str], Limited(5)],
        Annotated[Unbounded[str], Limited(5)],
        Annotated[Personal[float], SECONDS],
        Annotated[Unbounded[float], SECONDS],
        Annotated[int, Limited(5), SECONDS],
    ],
)
@pytest.mark.parametrize("default", ["given", "measured"])
def test_marks_that_contradict_each_other_are_refused(hint: Any, default: str) -> None:
    """Nothing is personal and measured: a measured value stands in logs as it is."""
    with pytest.raises(DeclarationError, match=r"^E\.f: .*contradict"):
        read("E", "f", hint, MEASURED if default == "measured" else MISSING)


@pytest.mark.parametrize(
    ("hint", "told"),
    [
        (Annotated[str, SECONDS], "int, float, Decimal, timedelta"),
        (Annotated[bool, SECONDS], "int, float, Decimal, timedelta"),
        (Annotated[Species, Counter("x_total")], "int, float, Decimal, timedelta"),
        (Annotated[int, Limited(5)], "Limited goes with str"),
        (Annotated[Species, Limited(5)], "Limited goes with str"),
        (Annotated[Literal["a"], Limited(5)], "Limited goes with str"),
        (Annotated[str, Limited], "give it its arguments"),
        (Annotated[float, Histogram], "give it its arguments"),
    ],
)
def test_a_mark_on_a_type_that_it_does_not_fit_is_refused(hint: Any, told: str) -> None:
    """The message names class, field, and what fits."""
    with pytest.raises(DeclarationError, match=r"^E\.f: ") as caught:
        judged(hint)
    assert told in str(caught.value)


@pytest.mark.parametrize("hint", [Empty, Lists])
def test_an_enum_that_gives_no_labels_is_refused(hint: type) -> None:
    """One without members, and one whose values cannot be looked up."""
    with pytest.raises(DeclarationError, match=hint.__name__):
        judged(hint)


def test_what_is_allowed_is_said_in_words() -> None:
    """For the messages of wrong values: the values, the cap, or the type."""
    assert judged(Species).allowed == "'canine', 'feline'"
    assert "50" in judged(Annotated[str, Limited(50)]).allowed
    assert judged(Unbounded[int | None]).allowed == "int or None"
