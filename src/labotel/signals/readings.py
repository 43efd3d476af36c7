"""What a gauge's supplier gave, as the series of that moment."""

import time
from collections.abc import Iterable, Iterator
from typing import Any, Final

from labotel.events.errors import EventError
from labotel.events.event import label_text
from labotel.events.fields import Field
from labotel.events.instruments import Gauge
from labotel.events.judge import number
from labotel.events.texts import quoted
from labotel.policy.cardinality import SERIES_LIMIT, Note
from labotel.signals.cells import Metric

ROWS: Final = 10 * SERIES_LIMIT
"""What a supplier may give at a time: a generator need not end."""


def series(
    gauge: Gauge,
    fields: tuple[Field, ...],
    reading: Any,
    note: Note | None = None,
    *,
    strict: bool = False,
) -> Metric:
    """Return a gauge's series; EventError where a row is none of label values and a number.

    A label value that its type does not allow is replaced, and `note` is told; under `strict` it
    raises too.
    """
    metric = Metric(
        gauge.name, "gauge", tuple(gauge.by), gauge.unit, gauge.description,
        fields=fields, note=note,
    )  # fmt: skip
    now = time.time_ns()
    for labels, amount in _rows(gauge, fields, reading):
        for field, label in zip(fields, labels, strict=True):
            if strict and label_text(field, label) is None:
                raise EventError(
                    f"{gauge.name}.{field.name}: {label!r} is not allowed; allowed: {field.allowed}"
                )
        metric.resolve(labels if len(labels) != 1 else labels[0], now).value = amount
    return metric


def _rows(
    gauge: Gauge, fields: tuple[Field, ...], reading: Any
) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Give the label values and the number of each row; a number alone is a row of one."""
    many = isinstance(reading, Iterable) and not isinstance(reading, (str, bytes))
    for count, row in enumerate(reading if many else (reading,)):
        if count >= ROWS:
            raise EventError(f"{gauge.name}: its supplier gave more than {ROWS} rows")
        parts = tuple(row) if isinstance(row, (tuple, list)) else (row,)
        amount = number(parts[-1]) if len(parts) == len(fields) + 1 else None
        if amount is None:
            labels = "".join(f"{field.name}, " for field in fields)
            raise EventError(
                f"{gauge.name}: its supplier gave {quoted(row, 200)}; "
                f"allowed: {labels}{'and ' if labels else ''}a finite number"
            )
        yield parts[:-1], amount
