"""The metrics that may be asked for."""

import gc
from typing import Annotated, Any, Literal

import pytest

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.gauges import gauge
from labotel.events.instruments import Counter, Gauge
from labotel.events.marks import Limited
from labotel.testing.declared import Declared, find, supplied, wanted
from project.clinic import STAFF, WAITING, Species


class Early(Event, name="t.declared.early", instruments=(Counter("t_declared_total"),)):
    """One of two events that declare one metric."""

    kind: Literal["a", "b"]


class Late(Event, name="t.declared.late", instruments=(Counter("t_declared_total"),)):
    """The other one, with other values behind the label."""

    kind: Literal["c"] | None


class Counted(
    Event,
    name="t.declared.counted",
    instruments=(Counter("t_declared_labels_total", by=("ward", "open")),),
):
    """Labels of other types."""

    ward: Annotated[str, Limited(2)]
    open: bool


def test_a_metric_is_known_as_soon_as_its_event_class_is() -> None:
    """Whether a catalogue has it or not."""
    found = find("weight_kilograms", ())
    assert (found.kind, list(found.labels), found.bounds) == (
        "histogram", ["species"], (1.0, 5.0, 10.0),
    )  # fmt: skip


def test_two_events_may_declare_one_metric() -> None:
    """The values of either may be asked for."""
    metric = find("t_declared_total", ())
    for value, text in (("a", "a"), ("c", "c"), (None, "none"), ("none", "none")):
        assert wanted(metric, {"kind": value}) == {"kind": text}
    with pytest.raises(AssertionError, match="allowed: 'a', 'b' or 'c', 'none'"):
        wanted(metric, {"kind": "d"})


def test_a_value_is_its_label_value() -> None:
    """Enumerations, booleans and texts; `other` may always have been put in its place."""
    metric = find("t_declared_labels_total", ())
    assert wanted(metric, {"ward": "north\0", "open": True}) == {"ward": "north", "open": "true"}
    assert wanted(metric, {"ward": "other", "open": "other"}) == {"ward": "other", "open": "other"}
    species: dict[str, Any] = {"species": Species.CANINE}
    assert wanted(find("weight_kilograms", ()), species) == {"species": "canine"}
    with pytest.raises(AssertionError, match="can never be; allowed: a string"):
        wanted(metric, {"ward": 5})


def test_gauges_of_the_catalogues_in_force_and_of_suppliers_are_known(
    own_suppliers: None,
) -> None:
    """A gauge is an object, not a class: it is known where somebody names it."""
    assert find("staff_present", [Catalog("c", gauges=[STAFF])]).gauge is STAFF
    with pytest.raises(AssertionError, match="no metric is called 'patients_waiting'"):
        find("patients_waiting", ())
    gauge(WAITING)(list)
    assert list(find("patients_waiting", ()).labels) == ["species"]
    assert supplied("patients_") == [WAITING] and WAITING not in supplied("staff")


def test_labotels_own_metrics_are_known() -> None:
    """With any text behind their labels."""
    metric = find("labotel_events_rejected_total", ())
    assert wanted(metric, {"event": "anything"}) == {"event": "anything"}


def test_a_gauge_has_no_parts() -> None:
    """Only a histogram's series have names of their own."""
    with pytest.raises(AssertionError, match="no metric is called"):
        find("admissions_total_count", ())


def test_a_class_that_is_gone_declares_nothing() -> None:
    """One of a test, in its function."""

    def declare() -> None:
        class Gone(Event, name="t.declared.gone", instruments=(Counter("t_gone_total", by=()),)):
            """An event for a moment."""

        assert isinstance(find("t_gone_total", ()), Declared)

    declare()
    gc.collect()
    with pytest.raises(AssertionError, match="no metric is called 't_gone_total'"):
        find("t_gone_total", ())


def test_a_gauge_is_judged_as_in_its_catalogue(own_suppliers: None) -> None:
    """By the types behind its labels."""
    made = Gauge("t_declared_gauge", by={"open": bool})
    gauge(made)(list)
    assert wanted(find("t_declared_gauge", ()), {"open": False}) == {"open": "false"}
