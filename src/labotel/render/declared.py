"""All that is declared, as data: what queries may name, so that two versions can be compared."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from labotel.catalogs.own import SELF
from labotel.events.catalog import Absence, Catalog
from labotel.events.fields import OTHER_LABEL, Field
from labotel.events.who import SERVICE
from labotel.render import absences, aliases, objectives

Values = tuple[str, ...] | None
"""The values of a label; None where its type does not list them."""


@dataclass(frozen=True)
class Measured:
    """A metric: its kind, its unit (UCUM), its labels with their values, its buckets' bounds."""

    kind: str
    unit: str
    labels: Mapping[str, Values]
    buckets: tuple[float, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Said:
    """An event on a log record: its severity, and each field with where it stands."""

    severity: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Declared:
    """The metrics and the events of some catalogues, by their names.

    `recorded` are the series of recording rules, each with all its labels.
    """

    metrics: Mapping[str, Measured]
    events: Mapping[str, Said]
    recorded: Mapping[str, tuple[str, ...]]


def of(catalogs: Iterable[Catalog]) -> Declared:
    """Return what these catalogues and labotel itself declare."""
    metrics: dict[str, Measured] = {}
    events: dict[str, Said] = {}
    recorded: dict[str, tuple[str, ...]] = {}
    catalogs = tuple(catalogs)
    for catalog in catalogs:
        for event in catalog.events:
            plan = event._plan
            events[plan.name] = Said(plan.severity, {f.name: f.place for f in plan.fields})
            for measure in plan.measures:
                instrument = measure.instrument
                fields = [plan.field(name) for name in measure.fields]
                made = Measured(
                    instrument.kind, instrument.unit, _labels(measure.by, fields),
                    tuple(getattr(instrument, "buckets", ())), catalog.name,
                )  # fmt: skip
                metrics[instrument.name] = _joined(metrics.get(instrument.name), made)
        for gauge in catalog.gauges:
            labels = _labels(tuple(gauge.by), catalog.gauge_fields[gauge.name])
            metrics[gauge.name] = Measured("gauge", gauge.unit, labels, (), catalog.name)
        for ratio in catalog.ratios:
            recorded[ratio.name] = (*SERVICE, *ratio.by)
        for objective in catalog.objectives:
            for rule in (*objectives.records(objective), *objectives.long_records(objective)):
                recorded[rule.name] = (*SERVICE, "slo")
        for alert in catalog.alerts:
            if isinstance(alert, Absence):
                recorded[absences.remembered(alert)] = alert.by
    for name, own in SELF.items():
        labels = dict.fromkeys(own.labels)
        metrics[name] = Measured(own.kind, "", labels, own.bounds, "labotel")
    each = (alias for catalog in catalogs for alias in catalog.aliases)
    for name, labels_of in aliases.recorded(each, metrics).items():
        recorded[name] = tuple(sorted(labels_of))
    return Declared(metrics, events, recorded)


def _labels(names: Iterable[str], fields: Iterable[Field]) -> dict[str, Values]:
    return {
        name: (*field.label_values, OTHER_LABEL) if field.label_values else None
        for name, field in zip(names, fields, strict=True)
    }


def _joined(before: Measured | None, now: Measured) -> Measured:
    """Return a metric that two events share: a label has the values that either gives it."""
    if before is None:
        return now
    labels: dict[str, Values] = {}
    for name, values in now.labels.items():
        others = before.labels.get(name)
        both = values is not None and others is not None
        labels[name] = tuple(dict.fromkeys((*others, *values))) if both else None  # type: ignore[misc]  # both are tuples
    return Measured(now.kind, now.unit, labels, now.buckets, now.source)


def text(declared: Declared) -> str:
    """Return it as JSON, the same each time."""
    return json.dumps(asdict(declared), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read(text: str) -> Declared:
    """Return what `text` made; ValueError where it is something else."""
    try:
        data = json.loads(text)
        return Declared(
            {str(name): _measured(one) for name, one in data["metrics"].items()},
            {str(name): _said(one) for name, one in data["events"].items()},
            {str(name): _texts(labels) for name, labels in data["recorded"].items()},
        )
    except KeyError as error:
        raise ValueError(f"this is no list of declarations: {error} is missing") from error
    except (TypeError, AttributeError) as error:
        raise ValueError(f"this is no list of declarations: {error}") from error
    except RecursionError as error:
        raise ValueError("this is no list of declarations: it has no end") from error


def _measured(one: dict[str, Any]) -> Measured:
    labels = {name: None if v is None else _texts(v) for name, v in one["labels"].items()}
    kind, unit, source = _texts([one["kind"], one["unit"], one["source"]])
    return Measured(kind, unit, labels, tuple(map(float, one["buckets"])), source)


def _said(one: dict[str, Any]) -> Said:
    _texts([one["severity"], *one["fields"].values()])
    return Said(one["severity"], one["fields"])


def _texts(values: Any) -> tuple[str, ...]:
    """Return a list of texts; TypeError where it is none."""
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"a list of texts instead of {values!r}")
    return tuple(values)
