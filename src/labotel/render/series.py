"""What a query may name: each series that the catalogues emit, its labels and their values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from labotel.catalogs.own import SELF
from labotel.events.catalog import Catalog
from labotel.events.fields import OTHER_LABEL, Field
from labotel.events.instruments import Kind
from labotel.events.who import WHO


@dataclass(frozen=True)
class Series:
    """One series' name: its labels, and the values of those whose type bounds them.

    `kind` is that of its metric; a histogram's buckets, sum and count are three series, and
    ``rule`` is what a recording rule makes.
    """

    name: str
    kind: Kind | str
    labels: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    source: str = ""


def of_catalogs(catalogs: Iterable[Catalog]) -> dict[str, Series]:
    """Return the series of these catalogues and of labotel itself, by their names."""
    found: dict[str, Series] = {}
    for catalog in catalogs:
        for event in catalog.events:
            for measure in event._plan.measures:
                fields = [event._plan.field(name) for name in measure.fields]
                labels = dict(zip(measure.by, fields, strict=True))
                _add(found, measure.instrument.name, measure.instrument.kind, labels, catalog.name)
        for gauge in catalog.gauges:
            labels = {judged.name: judged for judged in catalog.gauge_fields[gauge.name]}
            _add(found, gauge.name, "gauge", labels, catalog.name)
    for name, own in SELF.items():
        for one in _parts(name, own.kind):
            found[one] = Series(one, own.kind, _labels(one, own.kind, own.labels), {}, "labotel")
    return found


def _add(
    found: dict[str, Series], metric: str, kind: Kind, labels: Mapping[str, Field], source: str
) -> None:
    values = {
        label: frozenset({*judged.label_values, OTHER_LABEL})
        for label, judged in labels.items()
        if judged.label_values
    }
    for name in _parts(metric, kind):
        before = found.get(name)
        if before is not None:  # events may share a metric, each with label values of its own
            values = {
                label: values[label] | before.values[label]
                for label in values.keys() & before.values.keys()
            }
        found[name] = Series(name, kind, _labels(name, kind, labels), values, source)


def _parts(metric: str, kind: str) -> tuple[str, ...]:
    if kind == "histogram":
        return (f"{metric}_bucket", f"{metric}_sum", f"{metric}_count")
    return (metric,)


def _labels(name: str, kind: str, labels: Iterable[str]) -> frozenset[str]:
    bucket = kind == "histogram" and name.endswith("_bucket")
    return WHO.union(labels, ("le",) if bucket else ())
