"""Counts and sets the metrics that labotel has of itself."""

from bisect import bisect_left

from labotel.catalogs.own import SELF
from labotel.signals.cells import HistogramCell, Labels, Meter, Metric


def metric_of(meter: Meter, name: str) -> Metric:
    """Return the self-metric called `name`."""
    own = SELF[name]
    made = Metric(name, own.kind, own.labels, description=own.description, bounds=own.bounds)
    return meter.get(name, made)


def add(meter: Meter, name: str, labels: Labels, n: float, now: int) -> None:
    """Count, measure or set a self-metric, by its kind (under the drain lock)."""
    metric = metric_of(meter, name)
    cell = metric.cell(labels, now)
    if isinstance(cell, HistogramCell):
        cell.counts[bisect_left(metric.bounds, n)] += 1
        cell.count += 1
        cell.sum += n
        cell.min, cell.max = min(cell.min, n), max(cell.max, n)
    elif metric.kind == "gauge":
        cell.value = n
    else:
        cell.value += n
