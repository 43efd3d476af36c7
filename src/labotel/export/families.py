"""Metrics as the families of a page: what Prometheus and OpenMetrics call one metric.

One name is one family, and no two families say series of one name: a scraper refuses the whole
page otherwise.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from prometheus_client import Metric as Family
from prometheus_client.samples import Exemplar, Sample

from labotel.events.texts import unicode
from labotel.policy.cardinality import limited
from labotel.policy.scrubbing import scrub
from labotel.signals.cells import HistogramCell, Metric, NumberCell

_TYPES: Final = {"counter": "counter", "updowncounter": "gauge", "gauge": "gauge",
                 "histogram": "histogram"}  # fmt: skip
_SUFFIXES: Final = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_count", "_sum", "_created"),
    "summary": ("_count", "_sum", "_created"),
    "info": ("_info",),
}
"""What OpenMetrics adds to a family's name for its series."""


def family_of(metric: Metric, strict: bool) -> Family:
    """Return a metric of labotel's as a family, `strict` as OpenMetrics is."""
    kind = _TYPES[metric.kind]
    name = metric.name.removesuffix("_total") if kind == "counter" else metric.name
    family = Family(name, unicode(metric.description or metric.name), kind)
    for values, cell in sorted(metric.cells.items()):
        labels = dict(zip(metric.labels, values, strict=True))
        if isinstance(cell, HistogramCell):
            _buckets(family, metric, labels, cell)
            # OpenMetrics: what may fall is no sum, and there is no count without one.
            if not strict or metric.bounds[0] >= 0:
                family.add_sample(f"{name}_count", labels, cell.count)
                family.add_sample(f"{name}_sum", labels, cell.sum)
        else:
            _number(family, metric, labels, cell)
    return family


def _number(family: Family, metric: Metric, labels: dict[str, str], cell: NumberCell) -> None:
    kept = _exemplar(cell.exemplar) if cell.exemplar and metric.kind == "counter" else None
    family.add_sample(metric.name, labels, float(cell.value), None, kept)


def _buckets(family: Family, metric: Metric, labels: dict[str, str], cell: HistogramCell) -> None:
    running = 0
    for i, bound in enumerate((*metric.bounds, None)):
        running += cell.counts[i]
        le = "+Inf" if bound is None else repr(float(bound))
        kept = cell.exemplars.get(i)
        shown = _exemplar(kept) if kept else None
        family.add_sample(f"{metric.name}_bucket", {**labels, "le": le}, running, None, shown)


def _exemplar(kept: tuple[Any, int, Any]) -> Exemplar:
    value, time, context = kept
    ids = {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}
    return Exemplar(ids, float(value), time / 1e9)


def merged(families: Iterable[Family]) -> Iterator[Family]:
    """Give an application's families, those of one name and type as one.

    Two libraries may each have an instrument of one name; without their scopes their series are
    the same, and what they counted is added up. A provider of the application's own scrubs nothing.
    """
    made: dict[tuple[str, str], tuple[Family, dict[Any, Sample]]] = {}
    for family in families:
        key = (family.name, family.type)
        if key not in made:
            said = unicode(scrub(family.documentation))
            fresh = Family(family.name, said, family.type, family.unit)
            made[key] = (fresh, {})
        known = made[key][1]
        for sample in family.samples:
            labels = {k: v if k == "le" else limited(v) for k, v in sample.labels.items()}
            series = (sample.name, *sorted(labels.items()))
            before = known.get(series)
            adds = before is not None and family.type in ("counter", "histogram")
            value = sample.value + before.value if before and adds else sample.value
            known[series] = Sample(sample.name, labels, value, None, sample.exemplar)
    for family, samples in made.values():
        family.samples = list(samples.values())
        yield family


def distinct(families: Iterable[Family], tell: Callable[[str], None]) -> Iterator[Family]:
    """Give the families whose names no earlier one has taken; `tell` of each of the others."""
    taken: set[str] = set()
    for family in families:
        names = {family.name + suffix for suffix in ("", *_SUFFIXES.get(family.type, ()))}
        if taken & names:
            tell(family.name)
            continue
        taken |= names
        yield family
