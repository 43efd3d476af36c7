"""What a failed test says."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from labotel.events.event import Event
from labotel.signals.cells import Metric
from labotel.testing import messages
from labotel.testing.recorded import Recorded
from labotel.testing.texts import value_text
from project.clinic import Admitted, Paid, Species, Weighed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def history(*events: Event) -> list[Recorded]:
    """A history of these events."""
    return [Recorded(event, NOON) for event in events]


def admitted(number: int, species: Species = Species.CANINE, owner: str = "ada") -> Admitted:
    """A patient."""
    return Admitted(species=species, owner=owner, number=number)


PAID = Paid(amount=Decimal(5), method="cash")


def test_what_is_missing_is_named_with_the_nearest_and_how_it_differs() -> None:
    """And with what else was recorded; texts are shown as they were asked for."""
    said = history(
        admitted(1, Species.FELINE, "bob"), PAID, admitted(7, Species.FELINE), PAID,
        Weighed(species=Species.CANINE, weight=1.0),
    )  # fmt: skip
    text = messages.missing(Admitted, {"species": Species.CANINE, "owner": "ada"}, said)
    first, nearest, second, also = text.splitlines()
    assert first == (
        "no clinic.admitted with species='canine', owner='ada' was recorded; nearest of 2:"
    )
    assert nearest.startswith("  Admitted(species='feline', owner='ada', number=7, ")
    assert nearest.endswith("   species is 'feline'")
    assert second.endswith("   species is 'feline', owner is 'bob'")
    assert also == "also recorded: 2 clinic.paid, 1 clinic.weighed"


def test_where_no_such_event_was_recorded_the_others_are_counted() -> None:
    """There is nothing near."""
    text = messages.missing(Admitted, {}, history(PAID, PAID))
    assert text == "no clinic.admitted was recorded; recorded: 2 clinic.paid"


def test_where_nothing_was_recorded_the_likely_causes_are_named() -> None:
    """In one line."""
    text = messages.missing(Admitted, {"number": 1}, [])
    assert text.startswith("no clinic.admitted with number=1 was recorded; nothing at all was")
    assert "captureOnCommitCallbacks" in text and "\n" not in text


def test_a_long_history_is_cut() -> None:
    """Three that are near, five of too many, ten kinds: and how many more."""
    many = [admitted(n) for n in range(40)]
    text = messages.missing(Admitted, {"number": 99}, history(*many))
    assert len(text.splitlines()) == 4 and "nearest of 40" in text
    text = messages.too_many(Admitted, {}, many, "and none should be")
    assert text.splitlines()[0] == "40 clinic.admitted were recorded, and none should be:"
    assert len(text.splitlines()) == 7 and text.endswith("  ... and 35 more")


def test_the_nearest_has_the_fewest_differences() -> None:
    """Whenever it was said."""
    said = history(
        admitted(1, Species.FELINE, "bob"), admitted(2, Species.CANINE, "bob"),
        admitted(3, Species.FELINE, "eve"),
    )  # fmt: skip
    text = messages.missing(
        Admitted, {"species": Species.CANINE, "owner": "ada", "number": 2}, said
    )
    assert "number=2" in text.splitlines()[1]
    assert text.splitlines()[1].endswith("owner is 'bob'")


def test_long_and_unprintable_values_do_not_spoil_a_message() -> None:
    """They are cut, and named by their class."""

    class Unprintable:
        def __repr__(self) -> str:
            raise ValueError

    thing: Any = Unprintable()
    assert "Unprintable" in value_text(thing)
    assert len(value_text("x" * 5000)) < 250


def test_the_report_has_the_newest_events_and_every_series() -> None:
    """As Prometheus writes series; a histogram by its count and sum."""
    counter = Metric("admissions_total", "counter", ("species", "urgent"))
    counter.add(("canine", "true"), 0).value = 2
    bare = Metric("beds_taken", "updowncounter", ())
    bare.add((), 0).value = -1
    histogram = Metric("weight_kilograms", "histogram", ("species",), bounds=(1.0,))
    cell = histogram.add(("feline",), 0)
    cell.count, cell.sum = 3, 4.5
    text = messages.report(history(admitted(1)), [histogram, counter, bare])
    assert text.splitlines()[1:] == [
        'admissions_total{species="canine", urgent="true"} 2',
        "beds_taken -1",
        'weight_kilograms{species="feline"} 3 (sum 4.5)',
    ]
    assert text.startswith("Admitted(species='canine', owner='ada', number=1,")


def test_a_long_report_is_cut() -> None:
    """Twenty events and twenty series."""
    counter = Metric("a_total", "counter", ("x",))
    for n in range(50):
        counter.add((f"{n:02}",), 0)
    text = messages.report(history(*[PAID] * 5, *[admitted(n) for n in range(20)]), [counter])
    assert text.splitlines()[0] == "5 clinic.paid, then:"
    assert len(text.splitlines()) == 1 + 20 + 21 and text.endswith("... and 30 more series")
    assert messages.report([], [counter]) == "nothing"
