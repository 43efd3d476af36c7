"""An event class: what its declaration says, and what is refused when it is defined."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

import pytest

from labotel.events.errors import DeclarationError
from labotel.events.event import SEVERITIES, Event
from labotel.events.instruments import Counter, Gauge, Histogram, UpDownCounter
from labotel.events.marks import MEASURED, Limited, Personal, Unbounded


class Species(StrEnum):
    """A bounded text."""

    CANINE = "canine"
    FELINE = "feline"


class Completed(
    Event,
    name="t.event.completed",
    instruments=(Counter("t_event_completed_total", by=("species",)),),
):
    """A protocol's report was sent."""

    species: Species
    veterinarian: Personal[str]
    protocol_id: Unbounded[int]
    duration: Annotated[timedelta, Histogram("t_event_completed_seconds", by=())] = MEASURED


def test_the_plan_holds_all_that_the_declaration_says() -> None:
    """Every other room reads the plan and nothing else."""
    plan = Completed._plan
    assert (plan.name, plan.doc) == ("t.event.completed", "A protocol's report was sent.")
    assert [f.name for f in plan.fields] == ["species", "veterinarian", "protocol_id", "duration"]
    assert [(m.instrument.name, m.by, m.of) for m in plan.measures] == [
        ("t_event_completed_total", ("species",), None),
        ("t_event_completed_seconds", (), "duration"),
    ]
    assert (plan.log, plan.span, plan.severity) == (True, True, "INFO")
    assert plan.field("duration").default is MEASURED


def test_one_instrument_takes_every_bounded_field_as_labels() -> None:
    """`by` may be left out where there is no doubt."""

    class Only(Event, name="t.event.only", instruments=(Counter("t_event_only_total"),)):
        species: Species
        urgent: bool
        person: Personal[str]
        number: Unbounded[int]

    assert Only._plan.measures[0].by == ("species", "urgent")


def test_an_event_needs_neither_fields_nor_instruments() -> None:
    """It is then a log record and a span event."""

    class Plain(Event, name="t.event.plain"):
        pass

    assert Plain._plan.fields == () and Plain._plan.measures == ()
    assert Plain() == Plain()


def test_instruments_of_a_field_may_be_many() -> None:
    """A value can be a sum and a distribution."""

    class Paid(Event, name="t.event.paid"):
        amount: Annotated[
            Decimal,
            Counter("t_event_paid_total", by=()),
            Histogram("t_event_paid_value", by=(), buckets=(1, 10)),
        ]

    assert [m.of for m in Paid._plan.measures] == ["amount", "amount"]


def test_fields_are_inherited_from_a_base_without_a_name() -> None:
    """In the bases' order, with their defaults; several bases add up; a field can be said anew."""

    class Who(Event):
        person: Personal[str]
        urgent: bool = False

    class Where(Event):
        place: Annotated[str, Limited(5)] = "here"
        kind: Literal["a"]

    class Both(Who, Where, name="t.event.both"):
        kind: Literal["b"]
        number: Unbounded[int]

    plan = Both._plan
    assert set(plan.index) == {"person", "urgent", "place", "kind", "number"}
    assert plan.field("urgent").default is False
    assert plan.field("place").default == "here"
    assert plan.field("kind").label_values == ("b",)
    made: Any = Both(person="v", kind="b", number=1)
    assert (made.urgent, made.place) == (False, "here")


def test_a_concrete_event_is_not_subclassed() -> None:
    """Its name and metrics would have two meanings; the message names the way out."""
    with pytest.raises(DeclarationError, match=r"Twice: Completed .*without a name="):

        class Twice(Completed, name="t.event.twice"):
            pass


def test_a_class_variable_is_no_field() -> None:
    """As in a dataclass."""

    class Noted(Event, name="t.event.noted"):
        note: ClassVar[str] = "x"
        kind: Literal["a"]

    assert list(Noted._plan.index) == ["kind"] and Noted.note == "x"


def test_the_same_class_defined_again_replaces_the_first() -> None:
    """A reload, or a notebook's cell, with other labels too."""

    def declare(by: tuple[str, ...]) -> type[Event]:
        class Again(
            Event, name="t.event.again", instruments=(Counter("t_event_again_total", by=by),)
        ):
            species: Species
            urgent: bool

        return Again

    first, second = declare(("species",)), declare(("urgent",))
    assert first is not second
    assert second._plan.measures[0].by == ("urgent",)


LABELS: dict[str, tuple[Any, str]] = {
    "person": (Personal[str], "personal"),
    "number": (Unbounded[int], "unbounded"),
    "value": (Annotated[float, Histogram("t_refused_seconds", by=())], "measured"),
}


@pytest.mark.parametrize("label", [*LABELS, "spicies"])
def test_a_label_that_is_no_bounded_field_is_refused(label: str) -> None:
    """Personal, unbounded, measured, unknown: with the reason, and the labels that are possible."""
    hints = {name: hint for name, (hint, _) in LABELS.items()} | {"species": Species}
    with pytest.raises(DeclarationError) as caught:
        type(Event)(
            "Refused",
            (Event,),
            {"__annotations__": hints, "__module__": __name__},
            name="t.event.refused",
            instruments=(Counter("t_refused_total", by=(label,)),),
        )
    text = str(caught.value)
    assert text.startswith("Refused: t_refused_total")
    assert repr(label) in text and text.endswith("possible labels: species")
    assert LABELS.get(label, (None, "no such field"))[1] in text


@pytest.mark.parametrize("field", ["le", "quantile", "job", "instance", "otel_scope_name"])
def test_a_field_with_a_name_that_belongs_to_prometheus_is_refused(field: str) -> None:
    """A label of that name would be lost or overwritten on some route."""
    with pytest.raises(DeclarationError, match=f"Owned: the label '{field}' belongs"):
        type(Event)("Owned", (Event,), {"__annotations__": {field: Species}}, name="t.event.owned")


@pytest.mark.parametrize("field", ["Upper", "two__lines", "self", "_private", "été"])
def test_a_field_that_cannot_be_a_label_name_is_refused(field: str) -> None:
    """Lower snake case, and nothing that Python's own call would trip over."""
    with pytest.raises(DeclarationError, match=f"Named: .*{field}"):
        type(Event)("Named", (Event,), {"__annotations__": {field: Species}}, name="t.event.named")


@pytest.mark.parametrize("name", ["", "Lab.done", "lab..done", ".lab", "lab.", "lab done", 5])
def test_an_event_name_is_dotted_lower_case(name: Any) -> None:
    """The message names the class, what was given, and an example."""
    with pytest.raises(DeclarationError, match=r"Called: name=.*'lab\.protocol\.completed'"):

        class Called(Event, name=name):
            pass


@pytest.mark.parametrize("severity", ["info", "WARNING", 9, None])
def test_a_severity_is_one_of_opentelemetrys(severity: Any) -> None:
    """The message names the six."""
    with pytest.raises(DeclarationError, match="Severe: severity=") as caught:

        class Severe(Event, name="t.event.severe", severity=severity):
            pass

    assert all(known in str(caught.value) for known in SEVERITIES)


@pytest.mark.parametrize(
    "body",
    ["{veterinarian} sent", "{nobody}", "{}", "{0}", "{species.value}", "{species!r}",
     "{count:>{veterinarian}}", "{count:.2f}", "{count", "}", 5],
)  # fmt: skip
def test_a_body_names_fields_that_may_stand_in_a_text(body: Any) -> None:
    """Never a personal or unknown one, no format that could fail later, no broken text."""
    with pytest.raises(DeclarationError, match="Spoken: body="):

        class Spoken(Event, name="t.event.spoken", body=body):
            species: Species
            count: Unbounded[int]
            veterinarian: Personal[str]


def test_a_body_with_fields_is_kept() -> None:
    """And without one, the record's text is the event's name."""

    class Told(Event, name="t.event.told", body="{species} done {{so}}"):
        species: Species

    assert Told._plan.body == "{species} done {{so}}"
    assert Completed._plan.body == "t.event.completed"


@pytest.mark.parametrize(
    "instrument",
    [
        Histogram("t_kw_seconds"),
        UpDownCounter("t_kw_level"),
        Gauge("t_kw_gauge"),
        "t_kw_total",
        Counter,
    ],
)
def test_class_keywords_take_counters_alone(instrument: Any) -> None:
    """What needs a value belongs into a field's Annotated, and the message says so."""
    with pytest.raises(DeclarationError, match=r"Keyed: .*Annotated"):

        class Keyed(Event, name="t.event.keyed", instruments=(instrument,)):
            species: Species


def test_instruments_are_a_tuple() -> None:
    """A single counter without its comma is the usual slip."""
    with pytest.raises(DeclarationError, match=r"Single: instruments=.*must be a tuple"):

        class Single(Event, name="t.event.single", instruments=Counter("t_single_total")):  # type: ignore[arg-type]
            pass


def test_beyond_one_instrument_each_says_its_labels() -> None:
    """Which labels are meant is not guessed; the message names those that are possible."""
    with pytest.raises(DeclarationError, match=r"Two: t_two_seconds must say.*species"):

        class Two(
            Event,
            name="t.event.two",
            instruments=(Counter("t_two_total", by=("species",)),),
        ):
            species: Species
            duration: Annotated[float, Histogram("t_two_seconds")]
