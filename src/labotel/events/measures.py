"""What an event's instruments measure: of which field, by which labels, in which unit."""

from dataclasses import dataclass
from datetime import timedelta

from labotel.events.errors import DeclarationError
from labotel.events.fields import Field
from labotel.events.instruments import SECONDS_IN, TIME_WORDS, Counter, Instrument


@dataclass(frozen=True)
class Measure:
    """One instrument of an event: what it counts (`of` a field, or the events) and by what.

    `by` are its labels, `fields` the fields that fill them; a measured value is divided by `scale`
    (a timedelta is measured in the unit of the metric's name).
    """

    instrument: Instrument
    by: tuple[str, ...]
    fields: tuple[str, ...]
    of: str | None
    scale: float = 1.0


def measures_of(
    owner: str, fields: tuple[Field, ...], counters: tuple[Instrument, ...]
) -> tuple[Measure, ...]:
    """Return the measures of an event; raise DeclarationError where a label cannot be one."""
    if not isinstance(counters, tuple):
        raise DeclarationError(f"{owner}: instruments={counters!r} must be a tuple")
    for counter in counters:
        if not isinstance(counter, Counter):
            raise DeclarationError(
                f"{owner}: {counter!r} needs a value; put it into a field's Annotated. The class "
                "keywords take Counter alone, which counts events"
            )
    bounded = tuple(field.name for field in fields if field.place == "label")
    made: list[tuple[Instrument, str | None]] = [(counter, None) for counter in counters]
    made += [(instrument, f.name) for f in fields for instrument in f.instruments]
    measures: list[Measure] = []
    for instrument, of in made:
        if any(instrument.name == other.instrument.name for other in measures):
            raise DeclarationError(f"{owner}: two instruments are called {instrument.name!r}")
        if instrument.by is None and len(made) > 1:
            raise DeclarationError(
                f"{owner}: {instrument.name} must say its labels, by=(...), as the event has more "
                f"than one instrument; possible labels: {', '.join(bounded) or 'none, by=()'}"
            )
        pairs = instrument.labels
        if pairs is None:
            pairs = tuple((name, name) for name in bounded)
        for _, of_field in pairs:
            _check_bounded(owner, instrument, of_field, fields)
        by, filled = (tuple(pair[i] for pair in pairs) for i in (0, 1))
        measures.append(Measure(instrument, by, filled, of, _scale(owner, instrument, of, fields)))
    return tuple(measures)


def _scale(owner: str, instrument: Instrument, of: str | None, fields: tuple[Field, ...]) -> float:
    """Return how many seconds are one of the instrument's unit, for a timedelta; else 1."""
    measured = next((field for field in fields if field.name == of), None)
    if measured is None or measured.type is not timedelta or not instrument.unit:
        return 1.0
    seconds = SECONDS_IN.get(instrument.unit)
    if seconds is None:
        raise DeclarationError(
            f"{owner}.{of}: {instrument.name} measures no time, and a timedelta is one; allowed: a "
            f"name that ends in _{', _'.join(TIME_WORDS)}"
        )
    return seconds


def _check_bounded(
    owner: str, instrument: Instrument, label: str, fields: tuple[Field, ...]
) -> None:
    bounded = [field.name for field in fields if field.place == "label"]
    if label in bounded:
        return
    place = next((field.place for field in fields if field.name == label), None)
    why = {
        None: "the event has no such field",
        "personal": "it is personal, and a label is for ever",
        "unbounded": "it is unbounded, and each value would be a series",
        "value": "it is a measured value",
    }[place]
    raise DeclarationError(
        f"{owner}: {instrument.name} cannot have the label {label!r}: {why}; possible labels: "
        f"{', '.join(bounded) or 'none'}"
    )
