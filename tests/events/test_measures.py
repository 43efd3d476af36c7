"""What an instrument measures: labels by another name, durations in the unit of its name."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

import pytest

from labotel.events.errors import DeclarationError
from labotel.events.event import Event
from labotel.events.instruments import Counter, Histogram
from labotel.events.marks import Unbounded
from labotel.signals.aggregate import build
from labotel.signals.cells import Meter


class Stage(StrEnum):
    """A label."""

    CUT = "cut"
    DYED = "dyed"


class Left(
    Event,
    name="t.measures.left",
    instruments=(Counter("t_measures_left_total", by={"status": "from_stage", "to": "to_stage"}),),
):
    """A stage was left after `age`."""

    from_stage: Stage
    to_stage: Stage
    age: Annotated[
        timedelta,
        Histogram("t_measures_age_days", by={"status": "from_stage"}, buckets=(1, 2)),
        Histogram("t_measures_age_seconds", by=(), buckets=(86400, 172800)),
        Counter("t_measures_hours_total", by=()),
        Histogram("t_measures_age", by=(), buckets=(1, 1e6)),
    ]


def said(*events: Left) -> Meter:
    """The metrics after these events."""
    meter, notes = Meter(), list[tuple[str, str]]()
    aggregate = build(Left, meter, lambda *note: notes.append((note[0], note[1])))
    for event in events:
        aggregate(event._values, 1, None)
    assert notes == []
    return meter


def test_a_label_has_its_own_name_and_its_fields_value() -> None:
    """The metric's labels are the mapping's keys, in its order."""
    metric = said(Left(from_stage=Stage.CUT, to_stage=Stage.DYED, age=timedelta(0))).metrics[
        "t_measures_left_total"
    ]
    assert metric.labels == ("status", "to")
    assert {labels: cell.value for labels, cell in metric.cells.items()} == {("cut", "dyed"): 1}


def test_a_timedelta_is_measured_in_the_unit_of_the_name() -> None:
    """36 hours are 1.5 days, 129,600 seconds, 36 hours; seconds where the name has no unit."""
    metrics = said(Left(from_stage=Stage.CUT, to_stage=Stage.DYED, age=timedelta(hours=36))).metrics
    assert metrics["t_measures_age_days"].cells["cut",].sum == 1.5
    assert metrics["t_measures_age_days"].cells["cut",].counts == [0, 1, 0]
    assert metrics["t_measures_age_seconds"].cells[()].sum == 129_600
    assert metrics["t_measures_hours_total"].cells[()].value == 36
    assert metrics["t_measures_age"].cells[()].sum == 129_600


def test_a_raw_number_of_seconds_is_measured_alike() -> None:
    """`timed` and JSON give seconds where a timedelta is declared."""
    event = Left(from_stage=Stage.CUT, to_stage=Stage.DYED, age=86_400)  # type: ignore[arg-type]
    assert said(event).metrics["t_measures_age_days"].cells["cut",].sum == 1


def test_a_timedelta_in_a_unit_that_is_no_time_is_refused() -> None:
    """A metric in bytes of a duration would be nonsense; the message names the words allowed."""
    with pytest.raises(DeclarationError, match=r"t_bytes measures no time.*_seconds.*_days"):

        class Wrong(Event, name="t.measures.wrong"):
            took: Annotated[timedelta, Histogram("t_bytes", by=(), buckets=(1,))]


def test_the_field_behind_a_label_is_bounded() -> None:
    """Another name does not make an unbounded field a label."""
    with pytest.raises(DeclarationError, match="cannot have the label 'number': it is unbounded"):

        class Wrong(
            Event,
            name="t.measures.unbounded",
            instruments=(Counter("t_measures_x_total", by={"status": "number"}),),
        ):
            number: Unbounded[int]
