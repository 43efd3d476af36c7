"""What is drawn of that which labotel observes by itself: a file a page.

It stands beside the catalogues and not in them: an application that starts needs none of it.
"""

from typing import Final

from labotel.catalogs.drawn import (
    containers,
    database,
    host,
    http,
    outside,
    pipeline,
    stores,
    tasks,
)

DASHBOARDS: Final = (
    http.DASHBOARD, database.DASHBOARD, tasks.DASHBOARD, host.DASHBOARD, containers.DASHBOARD,
    *stores.DASHBOARDS, outside.DASHBOARD, pipeline.DASHBOARD,
)  # fmt: skip
