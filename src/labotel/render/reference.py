"""The reference page of a catalogue, in Markdown: what may be said, and what becomes of it."""

from collections.abc import Iterable, Iterator

from labotel.events.catalog import Alert, Catalog, Objective, Ratio
from labotel.events.event import Event
from labotel.events.fields import Field
from labotel.events.instruments import Gauge
from labotel.events.measures import Measure

_SHOWN = 12
"""Values of a label that are listed; of more there is the number."""


def text(catalog: Catalog) -> str:
    """Return the page."""
    parts = [f"# {catalog.name}", "<!-- Made by `labotel render`: change the catalogue. -->"]
    for event in sorted(catalog.events, key=lambda event: event._plan.name):
        parts += _event(event)
    if catalog.gauges:
        rows = map(_gauge, catalog.gauges)
        parts += ["## Gauges", _table(("gauge", "labels", "of", "what"), rows)]
    if catalog.ratios:
        rows = map(_ratio, catalog.ratios)
        parts += ["## Ratios", _table(("ratio", "labels", "part", "whole", "window"), rows)]
    if catalog.objectives:
        rows = map(_objective, catalog.objectives)
        parts += ["## Objectives", _table(("objective", "target", "good", "of"), rows)]
    if catalog.alerts:
        rows = map(_alert, catalog.alerts)
        parts += ["## Alerts", _table(("alert", "severity", "after", "says"), rows)]
    return "\n\n".join(parts) + "\n"


def _event(event: type[Event]) -> Iterator[str]:
    plan = event._plan
    yield f"## {plan.name}"
    yield plan.doc
    yield _table(("field", "type", "stands"), (_field(field) for field in plan.fields))
    if plan.measures:
        rows = (_measure(measure) for measure in plan.measures)
        yield _table(("metric", "kind", "labels", "of"), rows)
    kinds = {"a log record": plan.log, "an event on its span": plan.span}
    said = " and ".join(kind for kind, wanted in kinds.items() if wanted)
    yield f"Also {said} (severity {plan.severity})." if said else "Metrics alone."


def _field(field: Field) -> tuple[str, ...]:
    name = f"`{field.name}`"
    optional = " or None" if field.optional else ""
    if field.place == "label":
        return name, _values(field) + optional, "label, log, span"
    place = {
        "personal": "as a pseudonym: log, span",
        "unbounded": "log, span",
        "value": "measured; log, span",
    }[field.place]
    return name, f"{field.type.__name__}{optional}", place


def _values(field: Field) -> str:
    values = field.label_values
    if not values:
        return f"text, at most {field.limit} different ones"
    if len(values) > _SHOWN:
        return f"one of {len(values)}"
    return ", ".join(f"`{value}`" for value in values)


def _measure(measure: Measure) -> tuple[str, ...]:
    instrument = measure.instrument
    of = f"`{measure.of}`" if measure.of else "the events"
    bounds = getattr(instrument, "buckets", ())
    if bounds:
        of = f"{of}, in {len(bounds) + 1} buckets from {bounds[0]:g} to {bounds[-1]:g}"
    return f"`{instrument.name}`", instrument.kind, _labels(measure.by), of


def _gauge(gauge: Gauge) -> tuple[str, ...]:
    of = {"service": "the service", "host": "each host", "process": "each process"}[gauge.scope]
    return f"`{gauge.name}`", _labels(gauge.by), of, gauge.description


def _ratio(ratio: Ratio) -> tuple[str, ...]:
    name = f"`{ratio.name}`"
    return name, _labels(ratio.by), f"`{ratio.part}`", f"`{ratio.whole}`", ratio.window


def _objective(objective: Objective) -> tuple[str, ...]:
    target = f"{objective.target * 100:.6g} % over {objective.window}"
    return f"`{objective.name}`", target, f"`{objective.good}`", f"`{objective.total}`"


def _alert(alert: Alert) -> tuple[str, ...]:
    return alert.name, alert.severity, alert.for_, alert.summary


def _labels(labels: Iterable[str]) -> str:
    return ", ".join(f"`{label}`" for label in labels) or "none"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
