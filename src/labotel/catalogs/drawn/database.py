"""Queries, by what they do and to which table; the connections; rows; the caches."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query, Row, logs, quantiles, traces

_RATE: Final = "rate(database_query_duration_seconds_count[$__rate_interval])"
_TIME: Final = "rate(database_query_duration_seconds_sum[$__rate_interval])"
_BUCKETS: Final = "rate(database_query_duration_seconds_bucket[$__rate_interval])"
_CACHE: Final = "rate(cache_operations_total[$__rate_interval])"

DASHBOARD: Final = Dashboard(
    "Database and cache",
    (
        Panel("Queries", "sum(increase(database_query_duration_seconds_count[$__range] anchored))",
              "stat", width=6, height=5, description="In the time that is looked at."),
        Panel("95 of 100 take at most", "histogram_quantile(0.95, sum by (le)"
            " (increase(database_query_duration_seconds_bucket[$__range])))",
              "stat", "s", ((0.1, "yellow"), (1, "red")), width=6, height=5),
        Panel("Queries a request",
              "sum(increase(database_query_duration_seconds_count[$__range] anchored))"
              " / (sum(increase(http_requests_total[$__range] anchored)) > 0)",
              "stat", thresholds=((20, "yellow"), (50, "red")), width=6, height=5,
              description="Many of one kind in one request stand side by side in its trace."),
        Panel("Connections", "sum(database_connections_current)", "stat",
              thresholds=((10, "yellow"), (20, "red")), width=6, height=5, empty="none"),
        Row("Queries"),
        Panel("By what they do", Query(f"sum by (query_type) ({_RATE})", "{{query_type}}"),
              unit="ops", width=12),
        Panel("Duration", quantiles(_BUCKETS), unit="s", width=12),
        Panel("Tables that take the most time", Query(f"topk(10, sum by (table) ({_TIME}))",
              "{{table}}"), unit="s", width=12,
              description="Seconds of queries in each second."),
        Panel("95 of 100 of a table take at most",
              Query(f"topk(10, histogram_quantile(0.95, sum by (le, table) ({_BUCKETS})))",
                    "{{table}}"), unit="s", width=12),
        Panel("Connections", Query("sum by (database, state) (database_connections_current)",
              "{{database}} {{state}}"), width=12, empty="none"),
        Panel("Rows written", Query(
            "topk(10, sum by (model, operation) (rate(model_operations_total[$__rate_interval])))",
            "{{model}} {{operation}}"), unit="ops", width=12),
        Row("Cache"),
        Panel("Hits of all gets", Query("avg by (cache_type) (cache_hit_rate)", "{{cache_type}}"),
              unit="percentunit", width=12),
        Panel("Operations", Query(f"sum by (operation, result) ({_CACHE})",
              "{{operation}} {{result}}"), unit="ops", width=12),
        Row("What was said"),
        Panel("Slow queries", logs('{service_name=~".+"} |= "slow query"'), "logs", width=12),
        Panel("Slow spans", traces('{ span.db.system.name != nil && duration > 100ms }'),
              "traces", width=12),
    ),
    "What services ask of their databases and caches.",
)  # fmt: skip
