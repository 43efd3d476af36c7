"""The metrics, arranged by what they are about."""

from collections.abc import Iterator
from dataclasses import dataclass

from labotel.viewer.model import Point
from labotel.viewer.store import Store

AREAS = {
    "Protocols, samples, quality": ("protocol", "average", "sample", "quality", "rework"),
    "Reports and files": ("report", "file"),
    "Work orders": ("work_order",),
    "E-mails, notices, clients": ("email", "notification", "client"),
    "People": ("user", "active_users"),
    "Security, compliance": ("security", "failed_login", "password", "data_access", "compliance"),
    "Requests, queries, cache": ("http", "database", "model", "cache"),
    "Tasks": ("celery",),
    "Host": ("cpu", "memory", "disk", "network"),
    "labotel itself": ("labotel",),
}
"""Areas, and how the names of their metrics begin."""


@dataclass(frozen=True)
class Part:
    """A part of a store's metrics, to be drawn as a table of its own."""

    totals: list[Point]


def parts(store: Store) -> Iterator[tuple[str, tuple[str, ...], Part]]:
    """Return each area's name, its prefixes and its metrics; what fits nowhere comes last."""
    left = [point for point in store.totals if _happened(point)]
    for area, prefixes in AREAS.items():
        found = [point for point in left if point.name.startswith(prefixes)]
        left = [point for point in left if not point.name.startswith(prefixes)]
        if found:
            yield area, prefixes, Part(found)
    if left:
        yield "Other", (), Part(left)


def _happened(point: Point) -> bool:
    """Tell whether there is something to show: what may happen is exported from the start, as 0."""
    return point.kind == "gauge" or bool(point.count or point.value)
