"""The series that declarations can make: known before the first event, because types bound them."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.fields import Field
from labotel.events.instruments import Kind
from labotel.events.measures import Measure
from labotel.policy.cardinality import SERIES_LIMIT


@dataclass(frozen=True)
class Cost:
    """What one metric can cost in each slot (a slot is a worker process: one `instance`).

    `labels` are (label, number of values); `sets` the label sets that they make, `capped` where
    labotel's own limit of series a metric is what bounds them.
    """

    metric: str
    catalog: str
    kind: Kind
    labels: tuple[tuple[str, int], ...]
    buckets: int = 0

    @property
    def possible(self) -> int:
        """The product of the labels' values."""
        return prod(number for _, number in self.labels)

    @property
    def capped(self) -> bool:
        """Whether the limit of series a metric bounds the label sets, and not the types."""
        return self.possible > SERIES_LIMIT

    @property
    def sets(self) -> int:
        """The label sets at most: past the limit there is one more, called ``other``."""
        return SERIES_LIMIT + 1 if self.capped else self.possible

    @property
    def series(self) -> int:
        """The series at most: a histogram has its buckets, +Inf, sum and count for each set."""
        return self.sets * (self.buckets + 3 if self.kind == "histogram" else 1)


def costs(catalogs: Iterable[Catalog]) -> list[Cost]:
    """Return what each metric of the catalogues can cost, the worst first.

    A metric that several events share has the label sets of the widest. A wrong value, which is
    counted as ``other``, is not budgeted: it is a mistake, and counted as one.
    """
    found: dict[str, Cost] = {}
    for catalog in catalogs:
        made = [_measured(catalog, e, m) for e in catalog.events for m in e._plan.measures]
        for gauge in catalog.gauges:
            labels = _numbers(catalog.gauge_fields[gauge.name], tuple(gauge.by))
            made.append(Cost(gauge.name, catalog.name, "gauge", labels))
        for cost in made:
            known = found.get(cost.metric)
            if known is None or cost.series > known.series:
                found[cost.metric] = cost
    return sorted(found.values(), key=lambda cost: (-cost.series, cost.metric))


def _measured(catalog: Catalog, event: type[Event], measure: Measure) -> Cost:
    fields = [event._plan.field(name) for name in measure.fields]
    instrument = measure.instrument
    buckets = len(getattr(instrument, "buckets", ()))
    labels = _numbers(fields, measure.by)
    return Cost(instrument.name, catalog.name, instrument.kind, labels, buckets)


def _numbers(fields: Iterable[Field], labels: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple((label, _values(field)) for label, field in zip(labels, fields, strict=True))


def _values(field: Field) -> int:
    """Return how many label values there can be: the type's, or the cap and ``other``."""
    return len(field.label_values) if field.limit is None else field.limit + 1
