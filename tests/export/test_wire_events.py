"""An event's fields on the wire: which are left, in what form, and that a cache changes nothing."""

import enum
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from labotel import Counter, Event, Histogram, Limited, Personal, Unbounded
from labotel.export.wire_events import LOG, SPAN_EVENT, EventFields, body_of
from labotel.policy.pseudonyms import Pseudonyms

PSEUDONYMS = Pseudonyms(b"tests")


class Species(enum.Enum):
    """An enum whose members are no texts."""

    CANINE = "canine"
    FELINE = "feline"


class Everything(Event, name="wireevents.everything"):
    """One field of each kind."""

    species: Species
    size: Literal["small", "large"]
    urgent: bool
    clinic: Annotated[str, Limited(50)]
    breed: Literal["poodle"] | None
    owner: Personal[str]
    owner_id: Personal[int | None]
    note: Unbounded[str | None]
    sample: Unbounded[int]
    at: Unbounded[datetime]
    day: Unbounded[date]
    key: Unbounded[UUID]
    price: Unbounded[Decimal]
    duration: Annotated[timedelta, Histogram("wireevents_duration_seconds", by=())]
    revenue: Annotated[Decimal, Counter("wireevents_revenue_total", by=())]


MOMENT = datetime(2026, 11, 5, 12, 30, tzinfo=UTC)
KEY = UUID(int=5)
SAID: dict[str, Any] = {
    "species": Species.CANINE,
    "size": "small",
    "urgent": True,
    "clinic": "north",
    "breed": None,
    "owner": "Ada",
    "owner_id": None,
    "note": None,
    "sample": 7,
    "at": MOMENT,
    "day": MOMENT.date(),
    "key": KEY,
    "price": Decimal("1.50"),
    "duration": timedelta(milliseconds=1500),
    "revenue": Decimal("19.99"),
}


def shown(event: type[Event], values: tuple[Any, ...]) -> dict[str, Any]:
    """Return the attributes of a record as the generated classes read them."""
    record = LogRecord.FromString(EventFields(event, LOG).encode(values, PSEUDONYMS))
    return {pair.key: _value(pair.value) for pair in record.attributes}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    return getattr(value, kind) if kind else None


def test_each_field_in_its_form() -> None:
    """Labels, pseudonyms, ISO 8601, seconds; None is left out where it is no label's value."""
    assert shown(Everything, tuple(SAID.values())) == {
        "species": "canine",
        "size": "small",
        "urgent": "true",
        "clinic": "north",
        "breed": "none",
        "owner": PSEUDONYMS.of("Ada"),
        "sample": 7,
        "at": "2026-11-05T12:30:00+00:00",
        "day": "2026-11-05",
        "key": "00000000-0000-0000-0000-000000000005",
        "price": "1.50",
        "duration": 1.5,
        "revenue": 19.99,
    }


def test_a_personal_value_never_stands_in_the_bytes() -> None:
    """17 and "17" are one person, and neither is to be read."""
    values = {**SAID, "owner": "Lovelace", "owner_id": 1815}
    made = EventFields(Everything, LOG).encode(tuple(values.values()), PSEUDONYMS)
    assert b"Lovelace" not in made
    assert b"1815" not in made
    same = shown(Everything, tuple({**SAID, "owner": "17", "owner_id": 17}.values()))
    assert same["owner"] == same["owner_id"] == PSEUDONYMS.of("17")


def test_a_label_outside_its_type_is_other() -> None:
    """As in the metric, so that a log line is found by what the metric shows."""
    made = shown(Everything, tuple({**SAID, "size": "huge"}.values()))
    assert made["size"] == "other"


def test_the_same_fields_on_a_span() -> None:
    """Only the place in the message differs."""
    made = EventFields(Everything, SPAN_EVENT).encode(tuple(SAID.values()), PSEUDONYMS)
    event = Span.Event.FromString(made)
    assert {pair.key: _value(pair.value) for pair in event.attributes} == shown(
        Everything, tuple(SAID.values())
    )


class Visited(Event, name="wireevents.visited"):
    """A label with many values."""

    room: Annotated[str, Limited(50)]


def test_every_label_value_is_its_own() -> None:
    """However many there are, and in whichever order they come again."""
    fields = EventFields(Visited, LOG)
    for room in [*range(5000), *range(5000)]:
        record = LogRecord.FromString(fields.encode((f"room {room}",), PSEUDONYMS))
        assert record.attributes[0].value.string_value == f"room {room}"


class Paid(Event, name="wireevents.paid", body="{amount} for {what}, {when}"):
    """A body with places."""

    amount: Unbounded[Decimal | None]
    what: Unbounded[str]
    when: Unbounded[date]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ((Decimal("19.90"), "blood", MOMENT.date()), "19.90 for blood, 2026-11-05"),
        ((None, "{braces}", MOMENT.date()), "None for {braces}, 2026-11-05"),
    ],
)
def test_a_body_with_places(values: tuple[Any, ...], text: str) -> None:
    """Each is filled with the field's value; braces in a value are no places."""
    assert body_of(Paid._plan, values) == text


class Written(Event, name="wireevents.written", body="{note} {room} {size}"):
    """Texts of which nobody knows what they hold."""

    note: Unbounded[str]
    room: Annotated[str, Limited(50)]
    size: Literal["small", "large"]
    number: Unbounded[int] = 0


def test_texts_are_scrubbed_wherever_they_stand() -> None:
    """In a field, a label, a value of the wrong type, and in the record's text."""
    values = ("to ada@example.com", "of ada@example.com", "Ada", "ada@example.com")
    assert shown(Written, values) == {
        "note": "to [email]", "room": "of [email]", "size": "other", "number": "[email]",
    }  # fmt: skip
    assert body_of(Written._plan, values) == "to [email] of [email] other"


def test_a_person_has_both_pseudonyms_while_keys_rotate() -> None:
    """Also one whose value is no text and no int, and the next time again."""
    rotating = Pseudonyms(b"new", b"old")
    fields = EventFields(Everything, LOG)
    for person in ("Ada", KEY, "Ada"):
        values = tuple({**SAID, "owner": person}.values())
        record = LogRecord.FromString(fields.encode(values, rotating))
        made = {pair.key: _value(pair.value) for pair in record.attributes}
        assert made["owner"] == Pseudonyms(b"new").of(person)
        assert made["owner.former"] == Pseudonyms(b"old").of(person)
        assert "owner_id" not in made and "owner_id.former" not in made
