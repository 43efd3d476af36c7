"""The gauges that an integration supplies for as long as it is connected."""

from collections import Counter
from typing import Any

from labotel.events.gauges import Supplier, gauge, suppliers
from labotel.events.instruments import Gauge


class _Sum:
    """Supplies one gauge for several integrations: what they read, added up by its labels."""

    def __init__(self) -> None:
        self.parts: list[Supplier] = []

    def __call__(self) -> list[tuple[Any, ...]]:
        found: Counter[tuple[Any, ...]] = Counter()
        for part in list(self.parts):
            for *labels, number in part():  # type: ignore[union-attr]  # a shared gauge has labels
                found[tuple(labels)] += number
        return [(*labels, number) for labels, number in found.items()]


_sums: dict[str, _Sum] = {}


class Supplies:
    """Suppliers in the same table as the application's; `give` them and `take_back` all."""

    def __init__(self) -> None:
        self._given: dict[str, Supplier] = {}
        self._shared: list[tuple[str, Supplier]] = []

    def give(self, declared: Gauge, supplier: Supplier) -> None:
        """Supply a declared gauge from now on."""
        self._given[declared.name] = gauge(declared)(supplier)

    def share(self, declared: Gauge, supplier: Supplier) -> None:
        """Supply a declared gauge together with others that share it."""
        whole = _sums.setdefault(declared.name, _Sum())
        whole.parts.append(supplier)
        gauge(declared)(whole)
        self._shared.append((declared.name, supplier))

    def take_back(self) -> None:
        """Supply nothing any more; what another integration supplies stays."""
        while self._shared:
            name, supplier = self._shared.pop()
            whole = _sums[name]
            whole.parts.remove(supplier)
            present = suppliers.get(name)
            if not whole.parts and present is not None and present[1] is whole:
                del suppliers[name]
        for name, supplier in self._given.items():
            present = suppliers.get(name)
            if present is not None and present[1] is supplier:
                del suppliers[name]
        self._given.clear()
