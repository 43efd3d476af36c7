"""What the project says."""

from typing import Literal

from labotel import Catalog, Counter, Event, Unbounded


class Ordered(Event, name="shop.ordered", instruments=(Counter("orders_total", by=("size",)),)):
    """Something was ordered."""

    size: Literal["small", "large"]
    order_id: Unbounded[int]


catalog = Catalog("shop", events=[Ordered])
