"""nginx, by its status page."""

from typing import Final

from labotel.catalogs.foreign.foreign import WHO, Foreign

FOREIGN: Final = Foreign(
    "nginx",
    source="nginxreceiver of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=WHO,
    series={
        "nginx_connections_accepted_total": (),
        "nginx_connections_handled_total": (),
        "nginx_requests_total": (),
        "nginx_connections_current": ("state",),
    },
)
