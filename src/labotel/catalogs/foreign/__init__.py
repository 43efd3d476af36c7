"""What queries may name besides the declarations: a file a source, with its version."""

from typing import Final

from labotel.catalogs.foreign import (
    collector,
    containers,
    host,
    nginx,
    postgresql,
    redis,
    spans,
    urls,
)

FOREIGN: Final = (
    collector.FOREIGN, containers.FOREIGN, host.FOREIGN, nginx.FOREIGN, postgresql.FOREIGN,
    redis.FOREIGN, spans.FOREIGN, spans.GRAPH, urls.FOREIGN,
)  # fmt: skip
