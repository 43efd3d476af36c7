"""The metrics of a store as one table in the terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TypeAlias

from labotel.viewer.terminal import duration, number, one_line, tail  # first: as in tree.py

# isort: split
from rich import box
from rich.table import Table
from rich.text import Text

from labotel.viewer.model import Kind, Point, instance_of, label_text
from labotel.viewer.quantile import added
from labotel.viewer.store import Store

MOST_ROWS = 6  # a metric of more series stands in one row, as their sum
SHOWN_ID = 8  # characters of a trace id: enough to tell traces apart on a screen
Labels: TypeAlias = tuple[tuple[str, str], ...]


def render_metrics(store: Store, first: Sequence[str] = (), trace_id: str | None = None) -> Table:
    """A table of every metric: labels, value, and a trace that is an example of it.

    Metrics whose names start with one of `first` lead, in that order; the rest is alphabetical.
    An exemplar of `trace_id` is preferred, and marked. Processes are added up, except in gauges,
    whose values need not add up to anything: each process shows its own, and where that makes too
    many rows the newest reading of each label set stands for all.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("metric", style="cyan", overflow="fold", max_width=34)
    table.add_column("labels", overflow="fold", max_width=30)
    table.add_column("value", justify="right", no_wrap=True)
    table.add_column("exemplar", no_wrap=True)
    metrics: defaultdict[tuple[str, Kind], list[Point]] = defaultdict(list)
    for point in store.totals:
        metrics[point.name, point.kind].append(point)
    for name, kind in sorted(metrics, key=lambda key: (_place(key[0], first), key)):
        shown_name = one_line(name, 120)
        for labels, points in _rows(kind, metrics[name, kind]):
            table.add_row(shown_name, labels, _value(points), _exemplar(points, trace_id))
            shown_name = ""  # the rows below belong to the same metric
    return table


def _place(name: str, first: Sequence[str]) -> int:
    """Where a metric stands: the number of the first prefix that fits it."""
    return next((i for i, prefix in enumerate(first) if name.startswith(prefix)), len(first))


def _rows(kind: Kind, points: Sequence[Point]) -> list[tuple[Text, Sequence[Point]]]:
    """The rows of one metric: their labels, and the points that each adds up."""
    apart = kind == "gauge" and len({instance_of(point.resource) for point in points}) > 1
    series: defaultdict[Labels, list[Point]] = defaultdict(list)
    for point in points:
        series[_labels(point, apart)].append(point)
    if apart and len(series) > MOST_ROWS:  # too many to tell apart: the newest reading of each
        series.clear()
        for point in sorted(points, key=lambda point: point.time_ns):
            series[_labels(point, False)] = [point]
    if len(series) > MOST_ROWS:
        return [(Text(f"{len(series)} series", style="dim italic"), points)]
    return [(_label_text(labels), series[labels]) for labels in sorted(series)]


def _labels(point: Point, instance: bool) -> Labels:
    labels = {name: label_text(value) for name, value in point.attributes.items()}
    if instance:
        labels["instance"] = instance_of(point.resource)
    return tuple(sorted(labels.items()))


def _label_text(labels: Labels) -> Text:
    text = Text()
    for name, value in labels:
        shown = tail(value) if name == "instance" else one_line(value, 40)
        text.append(" " if text else "").append(f"{one_line(name, 32)}=", style="dim")
        text.append(shown)
    return text


def _value(points: Sequence[Point]) -> Text:
    sample = points[0]
    if sample.kind != "histogram":
        return Text(_quantity(sum(point.value or 0 for point in points), sample))
    whole = added(points)
    text = Text(f"count {number(whole.count)}")
    if whole.mean is not None:
        text.append(f", mean {_quantity(whole.mean, sample)}", style="dim")
    high = whole.quantile(0.95)
    if high is not None:
        text.append(f"\np95 ≈ {_quantity(high, sample)}", style="dim")
    return text


def _quantity(value: float, point: Point) -> str:
    """A value in its unit, which the metric states or its Prometheus name ends with."""
    if point.unit == "s" or point.name.removesuffix("_total").endswith("_seconds"):
        return duration(value * 1e9)
    if point.unit == "ms":
        return duration(value * 1e6)
    # "1" and what stands in braces are not units but remarks.
    if point.unit in ("", "1") or point.unit.startswith("{"):
        return number(value)
    return f"{number(value)} {one_line(point.unit, 12)}"


def _exemplar(points: Sequence[Point], trace_id: str | None) -> Text:
    exemplars = [item for point in points for item in point.exemplars if item.trace_id]
    if trace_id and any(item.trace_id == trace_id for item in exemplars):
        return Text(f"{trace_id[:SHOWN_ID]} ◀", style="bold green")
    if not exemplars:
        return Text("-", style="dim")
    return Text(max(exemplars, key=lambda item: item.time_ns).trace_id[:SHOWN_ID])
