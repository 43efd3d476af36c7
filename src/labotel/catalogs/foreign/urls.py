"""URLs, by what somebody meets who comes from outside: the answer, its time, its certificate."""

from typing import Final

from labotel.catalogs.foreign.foreign import WHO, Foreign

FOREIGN: Final = Foreign(
    "urls",
    source="httpcheckreceiver of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=WHO,
    series={
        "httpcheck_duration_milliseconds": ("http_url",),
        # `httpcheck.status`, of which the overlay makes one series a URL: the status is its value.
        "httpcheck_status_code": ("http_url",),
        "httpcheck_tls_cert_remaining_seconds": ("http_url",),
    },
)
