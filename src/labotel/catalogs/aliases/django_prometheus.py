"""The names of django-prometheus 2.5 and of those before it, over labotel's metrics.

By its source (`django_prometheus/middleware.py`, `db/metrics.py`, `models.py`, `cache/metrics.py`).
A `view` is the route here (`protocols/<int:pk>/`), there it is the view's name. What is missing:
`transport`, template names, character sets, AJAX, connections opened. `vendor` is what `pack` was
told of a database.
"""

from collections.abc import Iterator, Mapping

from labotel.events.alias import Alias
from labotel.events.catalog import Catalog
from labotel.events.errors import DeclarationError

REQUESTS = "http_requests_total"
DURATION = "http_request_duration_seconds"
QUERIES = "database_query_duration_seconds"
GETS = 'cache_operations_total{operation="get"'

_WRITTEN = {"insert": "inserts", "update": "updates", "delete": "deletes"}
_BACKEND = {"backend": "cache_type"}
_FOUND = {"hits": "hit", "misses": "miss"}

_REQUESTS = (
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
)  # fmt: skip
_ROWS = tuple(
    Alias(f"django_model_{name}_total", f'model_operations_total{{operation="{operation}"}}',
          by=("model",)) for operation, name in _WRITTEN.items()
)  # fmt: skip
_CACHES = (
    Alias("django_cache_get_total", f"{GETS}}}", by=_BACKEND),
    # By the name that it had before, and by its own.
    *(Alias(f"django_cache_{get}{name}_total", f'{GETS},result="{result}"}}', by=_BACKEND)
      for get in ("", "get_") for name, result in _FOUND.items()),
)  # fmt: skip


def pack(vendors: Mapping[str, str] | None = None) -> Catalog:
    """Return the names as a catalogue.

    django-prometheus tells the databases' `vendor`, which labotel does not know where rules are
    made: give it by each connection's alias, as in ``pack({"default": "postgresql"})``, and these
    databases have it as a label. Other databases' queries are then not under these names.
    """
    return Catalog("django_prometheus", aliases=[*_REQUESTS, *_queries(vendors), *_ROWS, *_CACHES])


def _queries(vendors: Mapping[str, str] | None) -> Iterator[Alias]:
    yield Alias("django_db_query_total", f"{QUERIES}_count")
    by = {"alias": "database"}
    if vendors is None:
        yield Alias("django_db_execute_total", f"{QUERIES}_count", by=by)
        yield Alias("django_db_query_duration_seconds", QUERIES, by=by)
        return
    if not vendors or not isinstance(vendors, Mapping):
        raise DeclarationError(
            f"pack({vendors!r}): allowed: each connection's alias with its vendor, as in "
            "{'default': 'postgresql'}"
        )
    for alias, vendor in vendors.items():
        for text in (alias, vendor):
            if not isinstance(text, str) or not text or set(text) & set('"\\\n{}'):
                raise DeclarationError(
                    f"pack({vendors!r}): {text!r} is no name; allowed: as in 'default', "
                    "'postgresql', without quotes, braces and backslashes"
                )
        matcher, labels = f'{{database="{alias}"}}', {"vendor": vendor}
        yield Alias("django_db_execute_total", f"{QUERIES}_count{matcher}", by=by, labels=labels)
        yield Alias("django_db_query_duration_seconds", f"{QUERIES}{matcher}", by=by, labels=labels)


catalog = pack()
