"""Every metric that the five systems ask for can be declared, with its labels and its name."""

from typing import Annotated, Any

import pytest

from labotel.events import registry
from labotel.events.catalog import Catalog
from labotel.events.errors import DeclarationError
from labotel.events.event import Event
from labotel.events.instruments import Counter, Gauge, Histogram
from labotel.events.marks import Limited, Unbounded
from specification import names, rows

SOURCES = ("event", "gauge", "http", "database", "celery", "cache", "host")


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue that ships has these names too, with buckets of its own."""
    monkeypatch.setattr(registry, "_metrics", {})


def recorded() -> list[Any]:
    """The metrics that labotel itself records (aliases and ratios are recording rules)."""
    return [
        pytest.param(row, id=f"{row['system']}-{row['name']}")
        for row in rows()
        if row["from"].startswith(SOURCES)
    ]


def declare(row: dict[str, str], by: list[str]) -> type[Event]:
    """An event with this row's metric by the given labels."""
    hints: dict[str, Any] = {label: Annotated[str, Limited(50)] for label in names(row["labels"])}
    hints |= dict.fromkeys(names(row["never_labels"]), Unbounded[object])
    keywords: dict[str, Any] = {"name": "t.csv.row"}
    if row["kind"] == "counter":
        keywords["instruments"] = (Counter(row["name"], by=tuple(by)),)
    else:
        made = Histogram(row["name"], by=tuple(by), buckets=(1, 2, 5))
        hints["measured_value"] = Annotated[float, made]
    return type(Event)("Row", (Event,), {"__annotations__": hints}, **keywords)


def test_the_list_is_whole() -> None:
    """The copy of the specification has each system and each kind."""
    given = [param.values[0] for param in recorded()]
    assert {row["system"] for row in given} == {"S1", "S2", "S3", "S4", "S5"}
    assert {row["kind"] for row in given} == {"counter", "histogram", "gauge"}
    assert len(given) > 90


@pytest.mark.parametrize("row", recorded())
def test_a_metric_of_the_specification_can_be_declared(row: dict[str, str]) -> None:
    """Under its exact name and with exactly its labels."""
    labels = names(row["labels"])
    if row["kind"] == "gauge":
        gauge = Gauge(row["name"], by={label: Annotated[str, Limited(50)] for label in labels})
        catalog = Catalog("rows", gauges=[gauge])
        assert [f.name for f in catalog.gauge_fields[row["name"]]] == labels
        return
    (measure,) = declare(row, labels)._plan.measures
    assert (measure.instrument.name, list(measure.by)) == (row["name"], labels)
    assert measure.instrument.kind == row["kind"]


@pytest.mark.parametrize("row", [r for r in recorded() if r.values[0]["never_labels"]])
def test_what_must_never_be_a_label_cannot_be_one(row: dict[str, str]) -> None:
    """It is a field of the event, and refused as a label of the metric."""
    if row["kind"] == "gauge":
        for label in names(row["never_labels"]):
            with pytest.raises(DeclarationError, match=f"'{label}' is unbounded"):
                Catalog("rows", gauges=[Gauge(row["name"], by={label: Unbounded[str]})])
        return
    for label in names(row["never_labels"]):
        with pytest.raises(DeclarationError, match=f"cannot have the label '{label}'"):
            declare(row, [label])
