"""The reference page says of each event what it is, where its fields stand, and what it makes."""

from typing import Annotated, Literal

from labotel import Alert, Catalog, Counter, Event, Gauge, Histogram, Limited, Personal, Unbounded
from labotel.catalogs import lab
from labotel.render.reference import text


class Caught(
    Event,
    name="reference.fish.caught",
    severity="WARN",
    instruments=(Counter("reference_fish_caught_total", by=("kind",)),),
):
    """A fish was caught.

    Or a boot | two.
    """

    kind: Literal["cod", "eel"]
    place: Annotated[str, Limited(30)]
    fisher: Personal[str]
    number: Unbounded[int] | None
    weight: Annotated[float, Histogram("reference_fish_grams", by=(), buckets=(1.0, 10.0, 100.0))]


def test_an_event_is_told_whole() -> None:
    """What it is, each field with its type and where it stands, each metric."""
    made = text(Catalog("reference", events=[Caught]))
    lines = [line for line in made.splitlines() if line]
    assert lines[2:] == [
        "## reference.fish.caught",
        "A fish was caught.",
        "Or a boot | two.",
        "| field | type | stands |",
        "| --- | --- | --- |",
        "| `kind` | `cod`, `eel` | label, log, span |",
        "| `place` | text, at most 30 different ones | label, log, span |",
        "| `fisher` | str | as a pseudonym: log, span |",
        "| `number` | int or None | log, span |",
        "| `weight` | float | measured; log, span |",
        "| metric | kind | labels | of |",
        "| --- | --- | --- | --- |",
        "| `reference_fish_caught_total` | counter | `kind` | the events |",
        "| `reference_fish_grams` | histogram | none | `weight`, in 4 buckets from 1 to 100 |",
        "Also a log record and an event on its span (severity WARN).",
    ]


def test_the_rest_stands_in_tables() -> None:
    """A sign that ends a cell does not end it."""
    gauge = Gauge("reference_boats", by={"kind": Literal["a", "b"]}, description="Boats | all.")
    alert = Alert("NoBoats", "max(reference_boats) < 1", "critical", "None", for_="2m")
    made = text(Catalog("reference", gauges=[gauge], alerts=[alert]))
    assert "| `reference_boats` | `kind` | the service | Boats \\| all. |" in made
    assert "| NoBoats | critical | 2m | None |" in made


def test_every_event_and_metric_of_the_laboratory_is_there() -> None:
    """None is left out."""
    made = text(lab.catalog)
    for event in lab.catalog.events:
        assert f"## {event._plan.name}\n" in made
        assert all(f"| `{m.instrument.name}` |" in made for m in event._plan.measures)
