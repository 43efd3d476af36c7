"""The laboratory's catalogue holds every row of system S1 that an application says or supplies."""

from collections import defaultdict

import pytest

from labotel.catalogs import cache, lab
from labotel.catalogs.lab.protocols import ProtocolStatus
from labotel.catalogs.lab.reports import ReportStatus
from labotel.catalogs.lab.words import AnalysisType, Severity, Species, UserType
from labotel.events.event import Event
from specification import names, rows

ROWS = rows("S1")
SAID = [row for row in ROWS if row["from"].split()[0] in ("event", "gauge")]
MEASURES = {m.instrument.name: (event, m) for event in lab.catalog.events
            for m in event._plan.measures}  # fmt: skip
GAUGES = {gauge.name: gauge for gauge in lab.catalog.gauges}
# As five-systems.md has them.
ALLOWED = {
    "user_type": {"veterinarian", "histopathologist", "staff", "admin"},
    "analysis_type": {"cytology", "histopathology"},
    "species": {"canine", "feline", "equine", "bovine", "other"},
    "from_status": {"draft", "submitted", "received", "processing", "completed"},
    "to_status": {"draft", "submitted", "received", "processing", "completed"},
    "severity": {"low", "medium", "high", "critical"},
}


def labels(row: dict[str, str]) -> set[str]:
    """The labels of a row."""
    return set(names(row["labels"]))


@pytest.mark.parametrize("row", SAID, ids=lambda row: row["name"])
def test_a_row_is_declared_with_its_kind_and_its_labels(row: dict[str, str]) -> None:
    """Under its exact name."""
    if row["kind"] == "gauge":
        assert set(GAUGES[row["name"]].by) == labels(row)
        return
    _, measure = MEASURES[row["name"]]
    assert (measure.instrument.kind, set(measure.by)) == (row["kind"], labels(row))


def test_nothing_else_is_declared() -> None:
    """The table is the laboratory's whole vocabulary."""
    assert {*MEASURES, *GAUGES} == {row["name"] for row in SAID}


@pytest.mark.parametrize("row", [r for r in ROWS if r["kind"] == "ratio"], ids=lambda r: r["name"])
def test_a_ratio_is_declared_with_its_labels(row: dict[str, str]) -> None:
    """Over counters that a catalogue has."""
    declared = {r.name: r for r in (*lab.catalog.ratios, *cache.catalog.ratios)}
    assert set(declared[row["name"]].by) == labels(row)


@pytest.mark.parametrize(
    "row", [r for r in SAID if r["kind"] != "gauge" and r["never_labels"]], ids=lambda r: r["name"]
)
def test_what_may_never_be_a_label_is_kept_for_logs_and_traces(row: dict[str, str]) -> None:
    """The person or number is a field of the event all the same; a period of time is not."""
    event, _ = MEASURES[row["name"]]
    places = {field.name: field.place for field in event._plan.fields}
    for name in set(names(row["never_labels"])) - {"time_period"}:
        assert places[name] in ("personal", "unbounded")


def test_allowed_values_are_those_of_the_specification() -> None:
    """Of every label that five-systems.md gives values for, wherever it stands."""
    found: dict[str, set[str]] = defaultdict(set)
    for event in lab.catalog.events:
        for field in event._plan.fields:
            if field.place == "label" and not field.optional:
                found[field.name] |= set(field.label_values)
    assert {name: found[name] for name in ALLOWED} == ALLOWED
    assert {s.value for s in ReportStatus} == {"draft", "finalized", "sent"}
    assert set(Species) == ALLOWED["species"]
    assert set(AnalysisType) == ALLOWED["analysis_type"]
    assert set(UserType) == ALLOWED["user_type"]
    assert set(Severity) == ALLOWED["severity"]
    assert set(ProtocolStatus) == ALLOWED["from_status"]


@pytest.mark.parametrize("event", lab.catalog.events, ids=lambda event: event.__name__)
def test_an_event_is_documented(event: type[Event]) -> None:
    """The reference page is made of it."""
    assert event._plan.doc.endswith(".")


@pytest.mark.parametrize("area", lab.AREAS, ids=lambda area: area.__name__.rpartition(".")[2])
def test_every_event_of_an_area_is_in_the_catalogue(area: object) -> None:
    """A class that is declared and forgotten would never start at zero."""
    declared = {
        thing
        for thing in vars(area).values()
        if isinstance(thing, type) and issubclass(thing, Event) and thing is not Event
    }
    assert declared == set(area.EVENTS)  # type: ignore[attr-defined]
