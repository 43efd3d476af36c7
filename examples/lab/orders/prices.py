"""The price list, in the currency of the settings; money is a Decimal everywhere."""

from decimal import Decimal
from typing import Final

from labotel.catalogs.lab.orders import OrderType, ServiceType
from labotel.catalogs.lab.words import AnalysisType

PRICES: Final = {
    ServiceType.CYTOLOGY: Decimal("38.50"),
    ServiceType.HISTOPATHOLOGY: Decimal("64.00"),
    ServiceType.SPECIAL_STAIN: Decimal("22.40"),
    ServiceType.IMMUNOHISTOCHEMISTRY: Decimal("89.90"),
    ServiceType.EXPRESS: Decimal("30.00"),
}

_BASE: Final = {
    AnalysisType.CYTOLOGY: ServiceType.CYTOLOGY,
    AnalysisType.HISTOPATHOLOGY: ServiceType.HISTOPATHOLOGY,
}


def included(analysis: AnalysisType, order_type: OrderType) -> list[ServiceType]:
    """Return the services that an order has from its beginning."""
    base = [_BASE[analysis]]
    return [*base, ServiceType.EXPRESS] if order_type == OrderType.URGENT else base
