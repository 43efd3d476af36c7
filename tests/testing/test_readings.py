"""Gauges, read when a test asks."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import labotel
from labotel.events.errors import EventError
from labotel.events.gauges import gauge
from labotel.testing import Telemetry
from labotel.testing.readings import read
from project.clinic import STAFF, WAITING, Admitted, Species

pytestmark = pytest.mark.usefixtures("own_suppliers")


def values(reading: Any, of: labotel.Gauge = WAITING) -> dict[tuple[str, ...], Any]:
    """The series of a gauge whose supplier gives this."""
    gauge(of)(lambda: reading)
    return {labels: cell.value for labels, cell in read(of).cells.items()}


def test_rows_are_label_values_and_a_number() -> None:
    """Members or their texts; the last row of a series counts."""
    rows = [(Species.CANINE, 2), ("feline", 5), (Species.CANINE, 3)]
    assert values(rows) == {("canine",): 3, ("feline",): 5}


def test_a_gauge_without_labels_is_a_number() -> None:
    """Or a row of one."""
    assert values(4, STAFF) == {(): 4}
    assert values([(4.5,)], STAFF) == {(): 4.5}


def test_a_supplier_may_be_a_generator() -> None:
    """As the documentation has it; it runs on this thread, at this moment."""
    threads: list[int] = []

    @labotel.gauge(WAITING)
    def waiting() -> Iterator[tuple[Species, int]]:
        threads.append(threading.get_ident())
        yield Species.FELINE, 1

    assert len(read(WAITING).cells) == 1
    assert threads == [threading.get_ident()]


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        ([("bovine", 1)], "'bovine' is not allowed; allowed: 'canine', 'feline'"),
        ([("canine", "many")], r"gave \('canine', 'many'\); allowed: species, and a finite"),
        ([("canine", float("nan"))], "finite number"),
        ([("canine", "x", 1)], "finite number"),
        ([3], "finite number"),
    ],
)
def test_a_row_that_production_would_refuse_or_replace_raises(reading: Any, says: str) -> None:
    """Under strict."""
    with pytest.raises(EventError, match=says):
        values(reading)


def test_what_a_supplier_raises_goes_on() -> None:
    """The test sees its application's own fault."""
    gauge(STAFF)(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        read(STAFF)


def test_without_a_supplier_a_gauge_is_not_0() -> None:
    """In production it would not exist."""
    with pytest.raises(AssertionError, match=r"nobody supplies staff_present.*@labotel\.gauge"):
        read(STAFF)


def test_to_ask_changes_nothing_that_was_recorded(telemetry: Telemetry) -> None:
    """What a supplier says while a test asks is not the application's."""

    def supply() -> int:
        labotel.emit(Admitted(species=Species.CANINE, owner="ada", number=1))
        return 3

    gauge(STAFF)(supply)
    assert telemetry.metric("staff_present") == 3
    assert telemetry.history == [] and telemetry.metric("admissions_total") == 0
