"""Dashboards of a catalogue whose author drew none: one for each area of what it says.

An area is the second word of its events' names (``lab.report.sent`` is of *report*). What is drawn
of an instrument follows from its kind: a counter's exact number and its rate, a histogram's
quantiles with exemplars and its heat map, a gauge's values; then the area's lines and traces.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from labotel.events.catalog import Catalog
from labotel.events.event import Event
from labotel.events.instruments import Gauge, Kind
from labotel.events.panels import Dashboard, Panel, Query, Row, logs, quantiles, traces
from labotel.render.objectives import BUDGET, ERRORS

UNITS: Final = {"s": "s", "ms": "ms", "min": "m", "h": "h", "d": "d", "By": "bytes", "%": "percent"}
"""The unit of an instrument (UCUM) -> Grafana's id of it."""


def dashboards(catalog: Catalog) -> Iterator[Dashboard]:
    """Give a dashboard for each area of a catalogue, in the order of its events."""
    areas: dict[str, list[type[Event]]] = {}
    for event in catalog.events:
        areas.setdefault(_area(event), []).append(event)
    gauges: dict[str, list[Gauge]] = {}
    for gauge in catalog.gauges:
        # The longest name that a gauge's holds: work_order before order.
        of = max((area for area in areas if area in gauge.name), key=len, default="")
        gauges.setdefault(of, []).append(gauge)
    for area in dict.fromkeys((*areas, *gauges)):
        yield _dashboard(catalog, area, areas.get(area, []), gauges.get(area, []))


def objectives(catalogs: Iterable[Catalog]) -> Iterator[Dashboard]:
    """Give the page of all objectives, with what is left of their error budgets."""
    each = [objective for catalog in catalogs for objective in catalog.objectives]
    if not each:
        return
    told = "\n".join(f"- `{o.name}`: {100 * o.target:.6g} % over {o.window}" for o in each)
    legend = "{{slo}} of {{service_name}}"
    yield Dashboard(
        "Objectives",
        (
            Panel(
                "What is left of the error budget", Query(f"100 * {BUDGET}", legend), "gauge",
                "percent", ((0, "red"), (10, "yellow"), (50, "green")), told, width=24,
            ),
            Panel("Budget", Query(f"100 * {BUDGET}", legend), unit="percent", width=12),
            Panel("Errors of the last hour", Query(f"100 * {ERRORS}1h", legend), unit="percent",
                  width=12),
        ),
        "What was promised, and how it stands.",
    )  # fmt: skip


def _area(event: type[Event]) -> str:
    words = event._plan.name.split(".")
    return words[1] if len(words) > 2 else words[0]


def _dashboard(
    catalog: Catalog, area: str, events: list[type[Event]], gauges: list[Gauge]
) -> Dashboard:
    panels: list[Panel | Row] = []
    if gauges:
        panels += [Row("Now"), *map(_gauge, gauges)]
    for event in events:
        drawn = [panel for measure in event._plan.measures for panel in _panels(
            measure.instrument.name, measure.instrument.kind, measure.by,
            measure.instrument.unit, measure.instrument.description or event._plan.doc,
        )]  # fmt: skip
        if drawn:
            panels += [Row(event._plan.name), *drawn]
    panels += _said(events)
    title = f"{_words(catalog.name)}: {_words(area).lower()}" if area else _words(catalog.name)
    return Dashboard(title, panels, f"Drawn from the catalogue {catalog.name!r}.")


def _said(events: list[type[Event]]) -> Iterator[Panel | Row]:
    """Give the log lines and the traces of events."""
    lines = [event._plan.name for event in events if event._plan.log]
    spans = [event._plan.name for event in events if event._plan.span]
    if lines or spans:
        yield Row("What was said")
    if lines:
        chosen = f'{{service_name=~".+"}} | event_name=~"{_either(lines)}"'
        yield Panel("Lines", logs(chosen), "logs", width=24)
    if spans:
        chosen = f'{{ event:name =~ "{_either(spans)}" }}'
        yield Panel("Slowest traces", traces(chosen), "traces", width=24)


def _either(names: list[str]) -> str:
    return "|".join(names)


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", " ").capitalize()


def _gauge(gauge: Gauge) -> Panel:
    """A value of the service or the host is one value, whoever read it; a process's is added."""
    labels = ", ".join(gauge.by)
    over = "sum" if gauge.scope == "process" else "max"
    by = f" by ({labels})" if labels else ""
    legend = " ".join(f"{{{{{label}}}}}" for label in gauge.by)
    query = Query(f"{over}{by} ({gauge.name})", legend or _words(gauge.name))
    return Panel(
        _words(gauge.name), query, unit=UNITS.get(gauge.unit, "short"),
        description=gauge.description, empty="nothing was read",
    )  # fmt: skip


def _panels(name: str, kind: Kind, labels: tuple[str, ...], unit: str, doc: str) -> Iterator[Panel]:
    shown = UNITS.get(unit, "short")
    by = f" by ({labels[0]})" if labels else ""
    legend = f"{{{{{labels[0]}}}}}" if labels else _words(name)
    if kind == "histogram":
        rates = f"rate({name}_bucket[$__rate_interval])"
        yield Panel(_words(name), quantiles(rates), unit=shown, description=doc, width=12)
        yield Panel(
            f"{_words(name)}: distribution", Query(f"sum by (le) ({rates})", "{{le}}"), "heatmap",
            shown, description=doc, width=12,
        )  # fmt: skip
    elif kind == "counter":
        number = f"sum(increase({name}[$__range] anchored))"
        yield Panel(
            _words(name.removesuffix("_total")), number, "stat", shown, width=4,
            description=f"{doc} In the time that is looked at.",
        )  # fmt: skip
        yield Panel(
            f"{_words(name.removesuffix('_total'))} a second",
            Query(f"sum{by} (rate({name}[$__rate_interval]))", legend),
            unit=shown if unit else "ops", description=doc, width=8,
        )  # fmt: skip
    else:
        yield Panel(_words(name), Query(f"sum{by} ({name})", legend), unit=shown, description=doc)
