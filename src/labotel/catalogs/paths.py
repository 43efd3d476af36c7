"""Chosen paths: the disk that each is on, and what this process may do there."""

from typing import Annotated, Literal

from labotel.events.catalog import Catalog
from labotel.events.instruments import Gauge
from labotel.events.marks import Limited

MOST = 100
"""Paths that may be chosen."""

_PATH = {"path": Annotated[str, Limited(MOST)]}

PATH_USAGE = Gauge(
    "path_usage_bytes",
    by=_PATH | {"type": Literal["total", "used", "free"]},
    scope="host",
    description="The file system that a chosen path is on; free: for users other than root.",
)
PATH_ACCESSIBLE = Gauge(
    "path_accessible",
    by=_PATH | {"access": Literal["exists", "readable", "writable"]},
    scope="host",
    description="1 where a chosen path is there, can be read, can be written to; else 0.",
)

catalog = Catalog("paths", gauges=[PATH_USAGE, PATH_ACCESSIBLE])
