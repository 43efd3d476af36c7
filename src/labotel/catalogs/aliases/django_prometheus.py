"""The names of django-prometheus 2.5, over labotel's metrics.

By its source (`django_prometheus/middleware.py`, `db/metrics.py`, `models.py`, `cache/metrics.py`).
A `view` is the route here (`protocols/<int:pk>/`), there it is the view's name. What is missing:
`transport`, `vendor`, template names, character sets, AJAX.
"""

from labotel.events.alias import Alias
from labotel.events.catalog import Catalog

REQUESTS = "http_requests_total"
DURATION = "http_request_duration_seconds"
QUERIES = "database_query_duration_seconds"
GETS = 'cache_operations_total{operation="get"'

_WRITTEN = {"insert": "inserts", "update": "updates", "delete": "deletes"}

catalog = Catalog(
    "django_prometheus",
    aliases=[
        Alias("django_http_requests_before_middlewares_total", REQUESTS),
        Alias("django_http_responses_before_middlewares_total", REQUESTS),
        Alias("django_http_requests_latency_including_middlewares_seconds", DURATION),
        Alias("django_http_requests_latency_seconds_by_view_method", DURATION,
              by={"view": "endpoint", "method": "method"}),
        Alias("django_http_requests_total_by_method_total", REQUESTS, by=("method",)),
        Alias("django_http_requests_total_by_view_transport_method_total", REQUESTS,
              by={"view": "endpoint", "method": "method"}),
        Alias("django_http_responses_total_by_status_total", REQUESTS, by=("status",)),
        Alias("django_http_responses_total_by_status_view_method_total", REQUESTS,
              by={"status": "status", "view": "endpoint", "method": "method"}),
        Alias("django_db_execute_total", f"{QUERIES}_count", by={"alias": "database"}),
        Alias("django_db_query_duration_seconds", QUERIES, by={"alias": "database"}),
        *(Alias(f"django_model_{name}_total", f'model_operations_total{{operation="{operation}"}}',
                by=("model",)) for operation, name in _WRITTEN.items()),
        Alias("django_cache_get_total", f"{GETS}}}", by={"backend": "cache_type"}),
        Alias("django_cache_get_hits_total", f'{GETS},result="hit"}}',
              by={"backend": "cache_type"}),
        Alias("django_cache_get_misses_total", f'{GETS},result="miss"}}',
              by={"backend": "cache_type"}),
    ],
)  # fmt: skip
