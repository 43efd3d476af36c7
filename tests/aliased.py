"""The alias rows of the specification's table, each declared as its system would."""

from labotel.catalogs.aliases import django_prometheus
from labotel.catalogs.aliases.django_prometheus import DURATION, QUERIES, REQUESTS
from labotel.events.alias import Alias

CACHE = "cache_operations_total"
ROUTED = ("method", "endpoint")
PRIMEPRE = (
    Alias("primepre_api_request_duration_seconds", DURATION, by=("method", "endpoint", "status")),
    Alias("primepre_database_query_duration_seconds", QUERIES, by=("query_type",)),
    *(Alias("primepre_api_errors_total", f'{REQUESTS}{{status=~"{first}.."}}', by=("endpoint",),
            labels={"error_type": name})
      for first, name in ((4, "client_error"), (5, "server_error"))),
)  # fmt: skip
LOGISTICS = (
    Alias("django_http_requests_total", REQUESTS, by=(*ROUTED, "status")),
    Alias("django_http_request_duration_seconds", DURATION, by=ROUTED),
    Alias("django_http_requests_in_progress", "http_requests_in_progress", by=ROUTED),
    *(Alias(f"django_db_connections_{state}", f'database_connections_current{{state="{state}"}}')
      for state in ("active", "idle")),
    Alias("django_db_query_duration_seconds", QUERIES,
          by={"database": "database", "operation": "query_type"}),
    Alias("django_cache_hits_total", f'{CACHE}{{operation="get",result="hit"}}'),
    Alias("django_cache_misses_total", f'{CACHE}{{operation="get",result="miss"}}'),
    Alias("django_cache_operations_total", CACHE, by=("operation",)),
)  # fmt: skip
SCITRACE = (
    Alias("scitrace_requests_total", REQUESTS, by=ROUTED),
    Alias("scitrace_request_duration_seconds", DURATION),
    Alias("scitrace_database_connections", "database_connections_current"),
)

SYSTEMS: dict[str, tuple[Alias, ...]] = {
    "S2": tuple(django_prometheus.catalog.aliases), "S3": LOGISTICS, "S4": PRIMEPRE, "S5": SCITRACE,
}  # fmt: skip
