"""The gauges, read when a test asks, on the test's own thread and in its transaction."""

from labotel.events.catalog import labels_of
from labotel.events.gauges import suppliers
from labotel.events.instruments import Gauge
from labotel.signals.cells import Metric
from labotel.signals.readings import series
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
    with as_labotel():
        return series(gauge, labels_of(gauge), supplied[1](), strict=True)
