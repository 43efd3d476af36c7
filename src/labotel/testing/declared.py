"""What a test may ask for: the metrics that are declared in this process, and their labels."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from labotel.catalogs.builtin import BUILT_IN
from labotel.catalogs.own import SELF
from labotel.events import gauges, registry
from labotel.events.catalog import Catalog, labels_of
from labotel.events.errors import nearest
from labotel.events.event import Event, label_text
from labotel.events.fields import OTHER_LABEL, Field
from labotel.events.instruments import Gauge, Kind
from labotel.policy.cardinality import limited
from labotel.testing.texts import value_repr

_PARTS: Final = ("_count", "_sum", "_bucket")
_BUILT_IN: Final = frozenset(gauge.name for catalog in BUILT_IN for gauge in catalog.gauges)


@dataclass(frozen=True)
class Declared:
    """A metric as it is declared; `labels` has the fields that fill each label.

    Several events may declare one metric, with fields of different types behind a label.
    """

    name: str
    kind: Kind
    labels: dict[str, tuple[Field, ...]]
    bounds: tuple[float, ...] = ()
    gauge: Gauge | None = None


def known_gauges(catalogs: Iterable[Catalog]) -> dict[str, Gauge]:
    """Return the gauges that somebody supplies and those of the catalogues in force."""
    declared = {gauge.name: gauge for catalog in catalogs for gauge in catalog.gauges}
    return declared | {name: gauge for name, (gauge, _) in gauges.suppliers.items()}


def find(name: str, catalogs: Iterable[Catalog]) -> Declared:
    """Return the metric called `name`; an AssertionError where nobody declares it."""
    __tracebackhide__ = True
    named(name, "a metric's name, as in metric('orders_total')")
    made = _of_events(name) or _of_gauges(name, catalogs) or _of_labotel(name)
    if made is not None:
        return made
    known = registry.metrics() | known_gauges(catalogs).keys() | SELF.keys()
    for part in _PARTS:
        base = name.removesuffix(part)
        if base != name and base in known and find(base, catalogs).kind == "histogram":
            raise AssertionError(
                f"{name!r} is a series of the histogram {base}: metric({base!r}) is its count, "
                f"histogram({base!r}) has its sum and buckets"
            )
    raise AssertionError(
        f"no metric is called {value_repr(name)}{nearest(name, known)}: no event of this process "
        "declares it, nor a gauge that is supplied or stands in a catalogue that is configured"
    )


def named(name: object, allowed: str) -> None:
    """Raise TypeError where what is asked for is no text."""
    __tracebackhide__ = True
    if not isinstance(name, str):
        raise TypeError(f"{value_repr(name)}: give {allowed}")


def _of_events(name: str) -> Declared | None:
    labels: dict[str, tuple[Field, ...]] = {}
    made = None
    for cls in registry.declaring(name):
        assert issubclass(cls, Event)
        plan = cls._plan
        for measure in plan.measures:
            if measure.instrument.name != name:
                continue
            for label, field in zip(measure.by, measure.fields, strict=True):
                labels[label] = (*labels.get(label, ()), plan.field(field))
            bounds = getattr(measure.instrument, "buckets", ())
            made = Declared(name, measure.instrument.kind, labels, bounds)
    return made


def _of_gauges(name: str, catalogs: Iterable[Catalog]) -> Declared | None:
    gauge = known_gauges(catalogs).get(name)
    if gauge is None:
        return None
    return Declared(name, "gauge", {f.name: (f,) for f in labels_of(gauge)}, gauge=gauge)


def _of_labotel(name: str) -> Declared | None:
    if name not in SELF:
        return None
    own = SELF[name]
    return Declared(name, own.kind, dict.fromkeys(own.labels, ()), own.bounds)


def wanted(metric: Declared, labels: dict[str, Any]) -> dict[str, str]:
    """Return the label values that are asked for; an AssertionError where one can never be."""
    __tracebackhide__ = True
    texts = {}
    for label, value in labels.items():  # no comprehension: its frame would stand in the traceback
        texts[label] = _text(metric, label, value)
    return texts


def _text(metric: Declared, label: str, value: Any) -> str:
    __tracebackhide__ = True
    if label not in metric.labels:
        names = ", ".join(metric.labels) or "none"
        raise AssertionError(
            f"{metric.name} has no label {label!r}{nearest(label, metric.labels)}; labels: {names}"
        )
    fields = metric.labels[label]
    raw = value.value if isinstance(value, Enum) else value
    if raw == OTHER_LABEL or (not fields and isinstance(raw, str)):
        return str(raw)
    for field in fields:
        text = label_text(field, value)
        if text is None and raw in field.label_values:
            text = str(raw)
        if text is not None:
            return limited(text) if field.limit is not None else text
    allowed = " or ".join(dict.fromkeys(field.allowed for field in fields)) or "a string"
    raise AssertionError(
        f"{metric.name}: {label}={value_repr(value)} can never be; allowed: {allowed}"
    )


def supplied(prefix: str) -> list[Gauge]:
    """Return the application's own gauges of a prefix that somebody supplies.

    labotel's ask a broker, a database or the host: a test names the one that it means.
    """
    return [
        gauge
        for gauge, _ in gauges.suppliers.values()
        if gauge.name.startswith(prefix) and gauge.name not in _BUILT_IN
    ]
