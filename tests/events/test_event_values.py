"""An event's instance: made of anything, never changed, and silent about persons."""

import subprocess
import sys
from enum import StrEnum
from typing import Annotated, Any

import pytest

from labotel.events.errors import DeclarationError
from labotel.events.event import Event
from labotel.events.instruments import Histogram
from labotel.events.marks import MEASURED, Personal, Unbounded


class Species(StrEnum):
    """A bounded text."""

    CANINE = "canine"


class Sent(Event, name="t.values.sent"):
    """An event with a field of each kind."""

    species: Species
    person: Personal[str]
    number: Unbounded[object] = 7
    took: Annotated[float, Histogram("t_values_seconds", by=())] = MEASURED


ANY: Any = Sent


def test_the_fields_are_read_as_attributes() -> None:
    """With their defaults."""
    made = Sent(species=Species.CANINE, person="v-17")
    assert (made.species, made.person, made.number, made.took) == ("canine", "v-17", 7, MEASURED)


def test_repr_masks_persons() -> None:
    """Tracebacks print it; what was not given is left out."""
    made = Sent(species=Species.CANINE, person="canary-17")
    assert "canary" not in repr(made)
    assert "person=<personal>" in repr(made) and "species=" in repr(made)
    assert repr(ANY(number=1)) == "Sent(number=1, took=MEASURED)"


@pytest.mark.parametrize(
    ("args", "fields"),
    [
        ((), {}),
        ((1, 2, 3, 4, 5, 6), {}),
        ((), {"nobody": 1}),
        ((), {"species": object(), "person": None, "number": [], "took": "x"}),
        (("x",), {"self_": 1, "a b": 2}),
    ],
)
def test_the_constructor_never_raises(args: tuple[Any, ...], fields: dict[str, Any]) -> None:
    """A wrong keyword, a position, a wrong type: `emit` judges what it was given."""
    made = ANY(*args, **fields)
    assert isinstance(made, Sent)
    assert repr(made).startswith("Sent(")


def test_a_base_without_a_name_can_be_made_too() -> None:
    """A slip, but no reason to raise into the application: `emit` refuses it."""

    class Base(Event):
        species: Species

    made: Any = Base
    assert isinstance(made(species="canine"), Base)
    assert isinstance(Event(), Event)
    assert repr(made("x", nobody=2)).startswith("Base(")


def test_events_are_equal_by_class_and_values() -> None:
    """So that a test can compare what was said."""

    class Other(Event, name="t.values.other"):
        species: Species

    made = Sent(species=Species.CANINE, person="a")
    assert made == Sent(species=Species.CANINE, person="a")
    assert made != Sent(species=Species.CANINE, person="b")
    assert made != ANY(species=Species.CANINE, person="a", nobody=1)
    assert Other(species=Species.CANINE) != ANY(species=Species.CANINE)
    assert made != 5


def test_a_field_cannot_be_set() -> None:
    """An event is said once; nobody changes it afterwards."""
    made: Any = Sent(species=Species.CANINE, person="a")
    with pytest.raises(AttributeError):
        made.species = "feline"
    assert made.species == "canine"


def test_an_annotation_that_cannot_be_resolved_names_the_fix() -> None:
    """Under `from __future__ import annotations` a local type is out of reach."""
    source = """
from __future__ import annotations
from enum import StrEnum
from labotel import DeclarationError, Event, Limited
from typing import Annotated

def declare():
    class Local(StrEnum):
        A = "a"

    class Unresolved(Event, name="t.values.unresolved"):
        kind: Local

for make in declare, lambda: type(Event)(
    "Unresolved", (Event,), {"__annotations__": {"kind": "no way("}}, name="t.x"
):
    try:
        make()
    except DeclarationError as error:
        text = str(error)
        assert text.startswith("Unresolved: ") and "top of a module" in text, text
        assert "TYPE_CHECKING" in text, text
    else:
        raise SystemExit("nothing was raised")
try:
    class Wrong(Event, name="t.values.wrong"):
        kind: Annotated[str, Limited(0)]
except DeclarationError as error:
    assert "Limited(0)" in str(error) and "TYPE_CHECKING" not in str(error), error
else:
    raise SystemExit("nothing was raised")
"""
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_string_annotation_that_can_be_resolved_is_fine() -> None:
    """The types stand at the top of the module."""

    class Quoted(Event, name="t.values.quoted"):
        species: "Species"

    assert Quoted._plan.field("species").label_values == ("canine",)
    assert issubclass(DeclarationError, TypeError)
