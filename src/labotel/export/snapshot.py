"""A slot's totals as a file: written whole or not at all, carried on by whoever comes next.

JSON, so that a person can read what a slot holds and nothing in it can be executed.
"""

import contextlib
import json
import os
from collections.abc import Iterable
from decimal import Decimal
from math import inf, isfinite
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from labotel.events.instruments import Kind
from labotel.signals.cells import HistogramCell, Meter, Metric, NumberCell, total

VERSION: Final = 1


class Context(NamedTuple):
    """An exemplar's span context, read back."""

    trace_id: int
    span_id: int


def dump(metrics: Iterable[Metric]) -> bytes:
    """Return the file's text for the metrics' present state (under the drain lock)."""
    body = [
        {
            "name": m.name,
            "kind": m.kind,
            "unit": m.unit,
            "description": m.description,
            "labels": m.labels,
            "bounds": m.bounds,
            "series": [_series(cell) for cell in m.cells.values()],
        }
        for m in metrics
        if m.cells
    ]
    text = json.dumps({"version": VERSION, "metrics": body}, separators=(",", ":"))
    return text.encode()


def _series(cell: Any) -> list[Any]:
    """Return [labels, start, fresh, value…]: exemplars as [value, time, trace id, span id]."""
    head = [cell.labels, cell.start, 1 if cell.fresh else 0]
    if isinstance(cell, HistogramCell):
        low, high = (cell.min, cell.max) if cell.count and cell.min != inf else (None, None)
        kept = {str(i): _exemplar(e) for i, e in cell.exemplars.items()}
        return [*head, cell.counts, cell.sum, cell.count, low, high, kept]
    value = str(cell.value) if isinstance(cell.value, Decimal) else cell.value
    return [*head, value, _exemplar(cell.exemplar) if cell.exemplar else None]


def _exemplar(kept: tuple[Any, int, Any]) -> list[Any]:
    value, time, context = kept
    return [float(value), time, f"{context.trace_id:032x}", f"{context.span_id:016x}"]


def load(text: bytes) -> Meter:
    """Return the metrics of a file; raise ValueError where it is damaged or of another version."""
    try:
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"version {data['version']!r}; known: {VERSION}")
        meter = Meter()
        for body in data["metrics"]:
            metric = Metric(
                body["name"],
                body["kind"],
                tuple(body["labels"]),
                body["unit"],
                body["description"],
                tuple(body["bounds"]),
            )
            _judge(metric)
            for series in body["series"]:
                _read(metric, series)
            meter.metrics[metric.name] = metric
    except (LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"damaged: {type(error).__name__}: {error}") from error
    return meter


def _judge(metric: Metric) -> None:
    if metric.kind not in get_args(Kind):
        raise ValueError(f"{metric.kind!r} is no kind of metric")
    texts = (metric.name, metric.unit, metric.description, *metric.labels)
    if not all(isinstance(text, str) for text in texts):
        raise ValueError(f"{metric.name!r}: a name is no text")
    for bound in metric.bounds:
        _number(bound)


def _read(metric: Metric, series: list[Any]) -> None:
    labels, start, fresh = tuple(series[0]), int(series[1]), bool(series[2])
    if len(labels) != len(metric.labels):
        raise ValueError(f"{metric.name}: a series has {len(labels)} labels")
    if not all(isinstance(label, str) for label in labels):
        raise ValueError(f"{metric.name}: a label is no text")
    if metric.kind == "histogram":
        cell = HistogramCell(labels, start, len(metric.bounds))
        counts, cell.sum = [int(n) for n in series[3]], float(_number(series[4]))
        cell.count = int(series[5])
        if len(counts) != len(cell.counts) or sum(counts) != cell.count:
            raise ValueError(f"{metric.name}: the buckets do not add up")
        cell.counts = counts
        cell.min = inf if series[6] is None else _number(series[6])
        cell.max = -inf if series[7] is None else _number(series[7])
        cell.exemplars = {int(i): _known(e) for i, e in series[8].items()}
        cell.fresh = fresh
        metric.cells[labels] = cell
        return
    number = NumberCell(labels, start)
    number.value = Decimal(series[3]) if isinstance(series[3], str) else _number(series[3])
    if isinstance(number.value, Decimal) and not number.value.is_finite():
        raise ValueError(f"{metric.name}: {number.value} is no total")
    number.exemplar = _known(series[4]) if series[4] else None
    number.fresh = fresh
    metric.cells[labels] = number


def _number(value: Any) -> int | float:
    """Return a finite number; one that is not would spoil a total for ever."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        raise ValueError(f"{value!r} is no number")
    return value


def _known(kept: list[Any]) -> tuple[Any, int, Any]:
    return _number(kept[0]), int(kept[1]), Context(int(kept[2], 16), int(kept[3], 16))


def write(path: Path, text: bytes) -> None:
    """Replace the file at once: whoever reads it sees the old text or the new."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(fresh, "wb") as file:
            file.write(text)
        os.replace(fresh, path)
    except OSError:  # a full disk: half of a file would only keep it full
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


def carry(meter: Meter, before: Meter) -> None:
    """Add a slot's earlier totals to the process's metrics (under the drain lock).

    What this process does not declare is kept as it is; what is declared otherwise now starts
    anew; gauges and up-down counters are of live processes and are not carried.
    """
    for old in before:
        if old.kind not in ("counter", "histogram"):
            continue
        metric = meter.metrics.get(old.name)
        if metric is None:
            meter.metrics[old.name] = old
        elif metric.signature == old.signature:
            for labels, cell in old.cells.items():
                add(metric, labels, cell)


def add(metric: Metric, labels: tuple[str, ...], cell: Any) -> None:
    """Add another cell's totals to the series with these label values."""
    own = metric.cells.get(labels)
    if own is None:
        own = metric.add(labels, cell.start)
        own.fresh = cell.fresh
    else:
        own.start = min(own.start, cell.start)
        own.fresh = own.fresh and cell.fresh
    if isinstance(own, HistogramCell):
        own.counts = [a + b for a, b in zip(own.counts, cell.counts, strict=True)]
        own.sum += cell.sum
        own.count += cell.count
        own.min, own.max = min(own.min, cell.min), max(own.max, cell.max)
        for i, kept in cell.exemplars.items():
            own.exemplars.setdefault(i, kept)
        return
    own.value = total(own.value, cell.value)
    own.exemplar = own.exemplar or cell.exemplar
