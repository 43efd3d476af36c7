"""A catalogue holds one domain's events and gauges, each once."""

from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest

from labotel.events.catalog import Alert, Catalog, Objective, Ratio
from labotel.events.errors import DeclarationError
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, UpDownCounter
from labotel.events.marks import Limited, Personal, Unbounded


class Status(StrEnum):
    """A gauge's label."""

    OPEN = "open"
    DONE = "done"


class Stocked(Event, name="t.catalog.stocked"):
    """An event with a metric that is no counter."""

    pieces: Annotated[int, UpDownCounter("t_catalog_pieces", by=())]


class Base(Event):
    """Fields alone."""

    status: Status


class Mailed(
    Event,
    name="t.catalog.mailed",
    instruments=(Counter("t_catalog_mails_total", by=("status", "kind")),),
):
    """A counter for ratios."""

    status: Status
    kind: Annotated[str, Limited(3)]


@pytest.mark.parametrize(
    "ratio",
    [
        Ratio("r", 't_catalog_mails_total{status="done"}', "t_catalog_mails_total", by=("kind",)),
        Ratio("r", 't_catalog_mails_total{status="done",kind="x"}', "another_catalogs_total"),
        Ratio("r", "t_catalog_mails_total", "t_catalog_mails_total"),
    ],
)
def test_a_ratio_is_over_counters_by_selectors(ratio: Ratio) -> None:
    """Of this catalogue, or of another that is judged with it later."""
    assert Catalog("lab", events=[Mailed], ratios=[ratio]).ratios == (ratio,)


@pytest.mark.parametrize(
    ("part", "by", "message"),
    [
        ('t_catalog_mails_total{state="done"}', (), "has no label 'state'.*'status'"),
        ('t_catalog_mails_total{status="lost"}', (), "never has status='lost'.*'open', 'done'"),
        ("t_catalog_mails_total", ("kid",), "has no label 'kid'.*'kind'"),
        ("t_catalog_pieces", (), "is a updowncounter; allowed: counters"),
    ],
)
def test_a_ratio_names_what_there_is(part: str, by: tuple[str, ...], message: str) -> None:
    """A rule over a label or value that never comes would be silent for ever."""
    with pytest.raises(DeclarationError, match=message):
        Catalog("lab", events=[Mailed, Stocked], ratios=[Ratio("r", part, part, by=by)])


@pytest.mark.parametrize(
    "part", ["a b", "x_total{", "x_total{a=b}", 'x_total{a=="b"}', "x_total{a=\"b'}", "", None, 5]
)
def test_a_selector_is_a_name_with_matchers(part: Any) -> None:
    """The message gives an example."""
    with pytest.raises(DeclarationError, match="as in 'emails_sent_total"):
        Ratio("r", part, "x_total")


@pytest.mark.parametrize(("name", "by"), [("A", ()), (None, ()), ("", ()), ("r", "kind")])
def test_a_ratio_has_a_name_and_a_tuple_of_labels(name: Any, by: Any) -> None:
    """It becomes a recording rule."""
    with pytest.raises(DeclarationError):
        Ratio(name, "a_total", "b_total", by=by)


def test_a_catalogue_keeps_what_it_was_given_as_tuples() -> None:
    """Any iterable will do, a generator too; nothing is changed afterwards."""
    made = Catalog(
        "lab",
        events=(event for event in [Stocked]),
        ratios=[Ratio("a_ratio", "a_total", "b_total")],
        objectives=[Objective("o", "good_total", "all_total", 0.99)],
        alerts=[Alert("Down", "up == 0", "critical", "It is down")],
    )
    assert made.events == (Stocked,)
    assert [len(tuple(x)) for x in (made.ratios, made.objectives, made.alerts)] == [1, 1, 1]


@pytest.mark.parametrize("name", ["", "Lab", "my-lab", "1lab", None, 5])
def test_its_name_is_lower_snake_case(name: Any) -> None:
    """The message gives an example."""
    with pytest.raises(DeclarationError, match="lower snake case, as in 'lab'"):
        Catalog(name)


@pytest.mark.parametrize("event", [Stocked(pieces=1), int, "Stocked", None])
def test_an_event_is_given_as_its_class(event: Any) -> None:
    """Not as an instance, and nothing else."""
    with pytest.raises(DeclarationError, match=r"Catalog\('lab'\): .*is not an Event class"):
        Catalog("lab", events=[event])


def test_a_base_that_only_lends_fields_is_no_event() -> None:
    """It can never be said."""
    with pytest.raises(DeclarationError, match="Base has no name="):
        Catalog("lab", events=[Base])


def test_an_event_stands_in_a_catalogue_once() -> None:
    """Its series would be budgeted twice."""
    with pytest.raises(DeclarationError, match="twice"):
        Catalog("lab", events=[Stocked, Stocked])


def test_two_metrics_cannot_have_one_name() -> None:
    """Two gauges, or a gauge and an event's metric."""
    with pytest.raises(DeclarationError, match="two metrics are 't_queue'"):
        Catalog("lab", gauges=[Gauge("t_queue"), Gauge("t_queue", by={"urgent": bool})])
    with pytest.raises(DeclarationError, match="two metrics are 't_catalog_pieces'"):
        Catalog("lab", events=[Stocked], gauges=[Gauge("t_catalog_pieces")])


@pytest.mark.parametrize(
    ("hint", "values"),
    [
        (Status, ("open", "done")),
        (bool, ("true", "false")),
        (Literal["a"], ("a",)),
        (Annotated[str, Limited(5)], ()),
        (Status | None, ("open", "done", "none")),
    ],
)
def test_a_gauges_label_is_bounded_by_its_type(hint: Any, values: tuple[str, ...]) -> None:
    """As an event's field is."""
    made = Catalog("lab", gauges=[Gauge("t_by_status", by={"status": hint})])
    assert made.gauge_fields["t_by_status"][0].label_values == values


@pytest.mark.parametrize("hint", [str, Unbounded[str], Personal[str], Unbounded[int]])
def test_a_gauges_label_without_a_bound_is_refused(hint: Any) -> None:
    """The message names the gauge and the choices."""
    with pytest.raises(DeclarationError, match=r"t_by_status.*status") as caught:
        Catalog("lab", gauges=[Gauge("t_by_status", by={"status": hint})])
    assert "Enum" in str(caught.value) and "Limited(50)" in str(caught.value)
