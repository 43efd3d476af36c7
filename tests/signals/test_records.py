"""An event's fields as logs and spans show them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest

from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.judge import freeze
from labotel.events.marks import Limited, Personal, Unbounded
from labotel.policy.pseudonyms import Pseudonyms
from labotel.signals.records import attributes, plain


class Species(StrEnum):
    """A label."""

    CANINE = "canine"


class Size(Enum):
    """Numbers with names."""

    SMALL = 1


class Shown(Event, name="t.records.shown"):
    """A field of each kind."""

    species: Species
    urgent: bool = True
    person: Personal[object] = "v-17"
    number: Unbounded[object] = None
    table: Annotated[str, Limited(1)] | None = None
    amount: Annotated[Decimal, Counter("t_rec_total", by=())] = Decimal("1.50")
    took: Annotated[timedelta | None, Histogram("t_rec_seconds", by=())] = None


ANY: Any = Shown
KEY = Pseudonyms(b"k")


def shown(**fields: Any) -> dict[str, Any]:
    """The attributes of an event."""
    return attributes(Shown, freeze(ANY(**({"species": "canine"} | fields))), KEY)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("x", "x"),
        (1, 1),
        (1.5, 1.5),
        (True, True),
        (None, None),
        (timedelta(minutes=1, milliseconds=250), 60.25),
        (datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC), "2024-01-02T03:04:05+00:00"),
        (date(2024, 1, 2), "2024-01-02"),
        (time(3, 4), "03:04:00"),
        (Species.CANINE, "canine"),
        (Size.SMALL, "1"),
        (Decimal("1.10"), "1.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    ],
)
def test_a_value_is_one_that_opentelemetry_takes(value: Any, expected: Any) -> None:
    """Text, number, truth or nothing: durations in seconds, times in ISO 8601."""
    assert plain(value) == expected and type(plain(value)) is type(expected)


def test_a_person_is_a_pseudonym() -> None:
    """The same for the number, its text and its enum."""
    assert shown(person=17)["person"] == KEY.of("17") == shown(person="17")["person"]
    assert "v-17" not in str(shown())
    assert "person" not in shown(person=None)


def test_labels_are_shown_as_in_the_metrics() -> None:
    """So that a log line is found by the metric's label; what is outside its type is `other`."""
    assert shown(urgent="false")["urgent"] == "false" and shown()["urgent"] == "true"
    assert shown(species="dog")["species"] == "other"
    assert shown()["table"] == "none"


def test_measured_values_are_numbers() -> None:
    """A query compares them."""
    made = shown(took=timedelta(seconds=90))
    assert (made["amount"], made["took"]) == (1.5, 90.0)


def test_what_is_none_is_left_out() -> None:
    """Where it is no label."""
    assert set(shown()) == {"species", "urgent", "person", "table", "amount"}
