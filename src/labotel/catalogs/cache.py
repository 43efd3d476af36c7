"""Django's caches: what was asked of which, and how it went."""

from typing import Annotated, Literal

from labotel.events.catalog import Catalog, Ratio
from labotel.events.event import Event
from labotel.events.instruments import Counter
from labotel.events.marks import Limited

Operation = Literal["get", "set", "add", "delete", "touch", "incr", "clear", "has_key"]
"""The operations of Django's caches; the many-key forms count each key as the single one,
`decr` is `incr`, and `get_or_set` is a `get` and, on a miss, an `add`."""

Result = Literal["hit", "miss", "exists", "success", "failure"]
"""How it went.

- `hit`, `miss`: get and has_key found the key or not.
- `success`: what was asked was done. `miss`: delete, touch or incr found no such key (what a
  many-key deletion found is not told, so its keys are successes). `exists`: add found the key.
- `failure`: it raised, or set_many named the key as failed.
"""


class CacheUsed(Event, name="cache.operation", log=False, span=False):
    """A cache was asked for something; `cache_type` is its alias in Django's CACHES."""

    cache_type: Annotated[str, Limited(20)]
    operation: Operation
    result: Result
    keys: Annotated[
        int, Counter("cache_operations_total", by=("cache_type", "operation", "result"))
    ]


catalog = Catalog(
    "cache",
    events=[CacheUsed],
    ratios=[
        Ratio(
            "cache_hit_rate",
            'cache_operations_total{operation="get",result="hit"}',
            'cache_operations_total{operation="get"}',
            by=("cache_type",),
        )
    ],
)
