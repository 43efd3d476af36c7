"""The gauges, read when a test asks, on the test's own thread and in its transaction."""

import time
from collections.abc import Iterable
from typing import Any

from labotel.events.errors import EventError
from labotel.events.event import label_text
from labotel.events.gauges import suppliers
from labotel.events.instruments import Gauge
from labotel.events.judge import number
from labotel.signals.cells import Metric
from labotel.testing.declared import fields_of
from labotel.testing.still import as_labotel


def read(gauge: Gauge) -> Metric:
    """Return a gauge's series of this moment.

    What the supplier raises goes on; a row that production would refuse or replace raises
    EventError.
    """
    __tracebackhide__ = True
    supplied = suppliers.get(gauge.name)
    if supplied is None:
        raise AssertionError(
            f"nobody supplies {gauge.name}: no function that was imported is decorated with its "
            "@labotel.gauge(...)"
        )
    fields = fields_of(gauge)
    metric = Metric(gauge.name, "gauge", tuple(gauge.by), fields=fields)
    with as_labotel():
        reading: Any = supplied[1]()
        alone = not fields and not isinstance(reading, Iterable)
        rows = [(reading,)] if alone else list(reading)
    for row in rows:
        *labels, value = row if isinstance(row, (tuple, list)) else (row,)
        amount = number(value)
        if amount is None or len(labels) != len(fields):
            raise EventError(
                f"{gauge.name}: its supplier gave {row!r}; allowed: "
                f"{''.join(f.name + ', ' for f in fields)}and a finite number"
            )
        for field, label in zip(fields, labels, strict=True):
            if label_text(field, label) is None:
                raise EventError(
                    f"{gauge.name}.{field.name}: {label!r} is not allowed; allowed: {field.allowed}"
                )
        key = labels[0] if len(labels) == 1 else tuple(labels)
        metric.resolve(key, time.time_ns()).value = amount
    return metric
