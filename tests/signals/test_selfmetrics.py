"""The metrics that labotel has of itself, each by its kind."""

from typing import Any

import pytest

from labotel.catalogs.own import SELF
from labotel.signals.cells import Meter
from labotel.signals.selfmetrics import add

# Prometheus's conventions: a counter's name ends in _total, a unit stands in its base form.
ENDINGS = {"counter": ("_total",), "histogram": ("_seconds",), "gauge": ("", "_seconds", "_bytes")}


@pytest.mark.parametrize("name", SELF)
def test_every_self_metric_has_its_kind_and_a_description(name: str) -> None:
    """Under a name of labotel's own."""
    own, meter = SELF[name], Meter()
    add(meter, name, tuple(f"v{n}" for n in range(len(own.labels))), 1, 10**18)
    (metric,) = meter
    assert (metric.kind, metric.labels, metric.bounds) == (own.kind, own.labels, own.bounds)
    assert name.startswith("labotel_") and name.endswith(ENDINGS[own.kind])
    assert own.description.endswith(".")


def test_a_counter_adds_a_gauge_stands_a_histogram_sorts() -> None:
    """Two values of each; a histogram's bound holds what equals it (OpenMetrics, `le`)."""
    meter = Meter()
    for value in (0.1, 0.2):
        add(meter, "labotel_export_duration_seconds", ("logs",), value, 10**18)
        add(meter, "labotel_queued", ("logs",), value * 100, 10**18)
        add(meter, "labotel_dropped_total", ("logs", "400"), 3, 10**18)
    cells: dict[str, Any] = {m.name: next(iter(m.cells.values())) for m in meter}
    assert cells["labotel_dropped_total"].value == 6
    assert cells["labotel_queued"].value == 20
    taken = cells["labotel_export_duration_seconds"]
    bounds = SELF["labotel_export_duration_seconds"].bounds
    assert taken.counts[bounds.index(0.1)] == taken.counts[bounds.index(0.25)] == 1
    assert (taken.count, taken.sum, taken.min, taken.max) == (2, pytest.approx(0.3), 0.1, 0.2)
