"""The gauges that an integration supplies for as long as it is connected."""

from labotel.events.gauges import Supplier, gauge, suppliers
from labotel.events.instruments import Gauge


class Supplies:
    """Suppliers in the same table as the application's; `give` them and `take_back` all."""

    def __init__(self) -> None:
        self._given: dict[str, Supplier] = {}

    def give(self, declared: Gauge, supplier: Supplier) -> None:
        """Supply a declared gauge from now on."""
        self._given[declared.name] = gauge(declared)(supplier)

    def take_back(self) -> None:
        """Supply nothing any more; what another integration supplies since then stays."""
        for name, supplier in self._given.items():
            present = suppliers.get(name)
            if present is not None and present[1] is supplier:
                del suppliers[name]
        self._given.clear()
