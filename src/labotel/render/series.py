"""What a query may name: each series of what is declared, its labels and their values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from labotel.catalogs.foreign import FOREIGN
from labotel.events.who import WHO
from labotel.render.declared import Declared


@dataclass(frozen=True)
class Series:
    """One series' name: its labels, and the values of those whose type bounds them.

    `kind` is that of its metric; a histogram's buckets, sum and count are three series, ``rule`` is
    what a recording rule makes, and ``own`` what Prometheus says itself. `open` is what has other
    labels, too.
    """

    name: str
    kind: str
    labels: frozenset[str] = frozenset()
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    source: str = ""
    open: bool = False


def _own(name: str, *labels: str, **values: frozenset[str]) -> Series:
    return Series(name, "own", frozenset({*labels, *values}), values, "Prometheus 3.16", open=True)


PROMETHEUS: Final = (
    # `keep_identifying_resource_attributes`, and what a resource says besides.
    _own("target_info", *WHO, "service_version"),
    _own("ALERTS", "alertname", "severity", alertstate=frozenset({"pending", "firing"})),
    _own("ALERTS_FOR_STATE", "alertname", "severity"),
    _own("up", "job", "instance"),
    _own("scrape_duration_seconds", "job", "instance"),
    _own("scrape_samples_post_metric_relabeling", "job", "instance"),
    _own("scrape_samples_scraped", "job", "instance"),
    _own("scrape_series_added", "job", "instance"),
)
"""What Prometheus says itself: of resources, of alerts, and of targets that a person scrapes.

By its documentation ("Alerting rules", "Jobs and instances", "Using Prometheus as your
OpenTelemetry backend"). An alert has the labels of its expression besides, a target those that its
configuration gives.
"""


def of(declared: Declared) -> dict[str, Series]:
    """Return the series of what is declared, and of other programs, by their names."""
    found = {series.name: series for series in PROMETHEUS} | {
        name: Series(name, "foreign", frozenset({*foreign.who, *labels}), {}, foreign.source)
        for foreign in FOREIGN
        for name, labels in foreign.series.items()
    }
    for metric, made in declared.metrics.items():
        values = {label: frozenset(v) for label, v in made.labels.items() if v is not None}
        bounds = frozenset({*map(_bound, made.buckets), "+Inf"})
        for suffix in ("_bucket", "_sum", "_count") if made.kind == "histogram" else ("",):
            labels = WHO.union(made.labels, ("le",) if suffix == "_bucket" else ())
            name = metric + suffix
            of_it = values | {"le": bounds} if suffix == "_bucket" else values
            found[name] = Series(name, made.kind, labels, of_it, made.source)
    for name, all_labels in declared.recorded.items():
        found[name] = Series(name, "rule", frozenset(all_labels))
    return found


def _bound(bound: float) -> str:
    """Return a bucket's bound as Prometheus writes it where it comes by OTLP: 1, 0.5, 1209600."""
    text = format(Decimal(repr(float(bound))), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
