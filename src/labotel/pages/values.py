"""The current values of all metrics as rows, for a spreadsheet or a program."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, Final

from labotel.signals.cells import HistogramCell, Metric

COLUMNS: Final = ("metric", "type", "unit", "labels", "measure", "value")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the begin of a formula."""


def as_json(meter: Iterable[Metric]) -> list[dict[str, Any]]:
    """Return each metric with its series."""
    return [
        {
            "metric": metric.name,
            "type": metric.kind,
            "unit": metric.unit,
            "description": metric.description,
            "series": [
                {"labels": dict(zip(metric.labels, labels, strict=True)), **_figures(metric, cell)}
                for labels, cell in sorted(metric.cells.items())
            ],
        }
        for metric in sorted(meter, key=lambda m: m.name)
    ]


def json_text(meter: Iterable[Metric], service: str) -> str:
    """Return all values as a JSON text."""
    return json.dumps({"service": service, "metrics": as_json(meter)}, indent=2)


def csv_text(meter: Iterable[Metric]) -> str:
    """Return all values as CSV (RFC 4180); no cell of it is a formula where it is opened."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    for row in rows(meter):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
    return written.getvalue()


def rows(meter: Iterable[Metric]) -> Iterator[tuple[Any, ...]]:
    """Give a row for each number; of a histogram its cumulative buckets, sum and count."""
    for metric in sorted(meter, key=lambda m: m.name):
        for labels, cell in sorted(metric.cells.items()):
            said = shown(metric.labels, labels)
            head = (metric.name, metric.kind, metric.unit, said)
            if not isinstance(cell, HistogramCell):
                yield (*head, "value", _number(cell.value))
                continue
            for bound, count in _buckets(metric, cell).items():
                yield (*head, f"le={bound}", count)
            yield (*head, "sum", _number(cell.sum))
            yield (*head, "count", cell.count)


def shown(names: Iterable[str], values: Iterable[str]) -> str:
    """Return labels as one text, as in `size="small",way="web"`."""
    pairs = zip(names, values, strict=True)
    return ",".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in pairs)


def safe(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _figures(metric: Metric, cell: Any) -> dict[str, Any]:
    if not isinstance(cell, HistogramCell):
        return {"value": _number(cell.value)}
    return {"count": cell.count, "sum": _number(cell.sum), "buckets": _buckets(metric, cell)}


def _buckets(metric: Metric, cell: HistogramCell) -> dict[str, int]:
    made, sofar = {}, 0
    for bound, count in zip((*metric.bounds, "+Inf"), cell.counts, strict=True):
        sofar += count
        made[bound if isinstance(bound, str) else f"{bound:g}"] = sofar
    return made


def _number(value: Any) -> int | float | str:
    """Return a number, or the word of one that JSON has no number for."""
    if type(value) is int:
        return value
    number = float(value)
    return number if isfinite(number) else str(number)
