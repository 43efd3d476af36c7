"""Gauges: declared in a catalogue, supplied by a function that the application decorates."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from labotel.events.instruments import Gauge

Reading = float | int | Iterable[tuple[Any, ...]]
Supplier = Callable[[], Reading]
S = TypeVar("S", bound=Callable[[], Any])

suppliers: dict[str, tuple[Gauge, Supplier]] = {}
"""The supplier of each gauge, by the metric's name; the last one declared counts."""


def gauge(declared: Gauge) -> Callable[[S], S]:
    """Decorate the function that supplies a declared gauge.

    It is called once a metric interval, on labotel's own thread, in one process of the deployment
    (``scope="service"``), in one of each host (``"host"``) or in each (``"process"``). It returns a
    number, or yields tuples of the label values in their declared order and the number last::

        @labotel.gauge(PROTOCOLS_BY_STATUS)
        def by_status() -> Iterator[tuple[ProtocolStatus, int]]:
            for status in ProtocolStatus:
                yield status, Protocol.objects.filter(status=status).count()
    """
    if not isinstance(declared, Gauge):
        raise TypeError(f"gauge({declared!r}): give a Gauge, as in @labotel.gauge(QUEUE_LENGTH)")

    def register(supplier: S) -> S:
        suppliers[declared.name] = (declared, supplier)
        return supplier

    return register
