"""What applications stand on: PostgreSQL, Redis and nginx, as the Collector reads them."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query, Row, logs

POSTGRESQL: Final = Dashboard(
    "PostgreSQL",
    (
        Panel("Connections of those allowed",
              "100 * sum by (instance) (postgresql_backends) / on (instance)"
              " max by (instance) (postgresql_connection_max)", "gauge", "percent",
              ((0, "green"), (70, "yellow"), (80, "red")), width=6, height=6, empty="not read"),
        Panel("Size", "sum(postgresql_db_size_bytes)", "stat", "bytes", width=6, height=6,
              empty="not read"),
        Panel("Found in memory",
              "sum(increase(postgresql_blks_hit_total[$__range]))"
              " / (sum(increase(postgresql_blks_hit_total[$__range]))"
              " + sum(increase(postgresql_blks_read_total[$__range])) > 0)", "stat",
              "percentunit", ((0, "red"), (0.9, "yellow"), (0.99, "green")), width=6, height=6),
        Panel("Deadlocks", "sum(increase(postgresql_deadlocks_total[$__range]))", "stat",
              thresholds=((1, "red"),), width=6, height=6, empty="not read"),
        Panel("Connections", Query("sum by (database) (postgresql_backends)", "{{database}}"),
              width=12, empty="not read"),
        Panel("Commits and rollbacks",
              (Query("sum(rate(postgresql_commits_total[$__rate_interval]))", "commits"),
               Query("sum(rate(postgresql_rollbacks_total[$__rate_interval]))", "rollbacks")),
              unit="ops", width=12, empty="not read"),
        Panel("Rows changed", Query(
            "topk(10, sum by (table, operation) (rate(postgresql_operations_total"
            "[$__rate_interval])))", "{{table}} {{operation}}"), unit="ops", width=12,
            empty="not read"),
        Panel("Tables that are read whole", Query(
            "topk(10, sum by (table) (rate(postgresql_sequential_scans_total"
            "[$__rate_interval])))", "{{table}}"), unit="ops", width=12, empty="not read",
            description="An index may be missing where such a table is large."),
        Panel("Largest tables", Query(
            "topk(10, sum by (table) (postgresql_table_size_bytes))", "{{table}}"),
            unit="bytes", width=12, empty="not read"),
        Panel("Locks", Query("sum by (mode) (postgresql_database_locks)", "{{mode}}"),
              width=12, empty="none"),
    ),
    "As the Collector reads it; what applications ask of it is on the page Database and cache.",
)  # fmt: skip

REDIS: Final = Dashboard(
    "Redis",
    (
        Panel("Clients", "sum(redis_clients_connected)", "stat", width=6, height=5,
              empty="not read"),
        Panel("Memory", "sum(redis_memory_used_bytes)", "stat", "bytes", width=6, height=5,
              empty="not read"),
        Panel("Keys", "sum(redis_db_keys)", "stat", width=6, height=5, empty="none"),
        Panel("Found",
              "sum(increase(redis_keyspace_hits_total[$__range]))"
              " / (sum(increase(redis_keyspace_hits_total[$__range]))"
              " + sum(increase(redis_keyspace_misses_total[$__range])) > 0)", "stat",
              "percentunit", width=6, height=5),
        Panel("Commands", "sum(rate(redis_commands_processed_total[$__rate_interval]))",
              unit="ops", width=12, empty="not read"),
        Panel("Memory",
              (Query("sum(redis_memory_used_bytes)", "used"),
               Query("sum(redis_memory_rss_bytes)", "of the process")),
              unit="bytes", width=12, empty="not read"),
        Panel("Network",
              (Query("sum(rate(redis_net_input_bytes_total[$__rate_interval]))", "in"),
               Query("sum(rate(redis_net_output_bytes_total[$__rate_interval]))", "out")),
              unit="Bps", width=12, empty="not read"),
        Panel("Keys that went",
              (Query("sum(rate(redis_keys_expired_total[$__rate_interval]))", "expired"),
               Query("sum(rate(redis_keys_evicted_total[$__rate_interval]))", "evicted")),
              unit="ops", width=12, empty="not read"),
    ),
    "As the Collector reads it.",
)  # fmt: skip

_STATUS: Final = '{job="nginx-access"} | json'

NGINX: Final = Dashboard(
    "nginx",
    (
        Panel("Requests", "sum(increase(nginx_requests_total[$__range]))", "stat", width=8,
              height=5, empty="not read"),
        Panel("Connections", "sum(nginx_connections_current)", "stat", width=8, height=5,
              empty="not read"),
        Panel("Slow", logs(f"sum(count_over_time({_STATUS} | duration > 1000 [$__range]))"),
              "stat", width=8, height=5, empty="none",
              description="Requests of over a second, in the time that is looked at."),
        Panel("Requests", "sum(rate(nginx_requests_total[$__rate_interval]))", unit="reqps",
              width=12, empty="not read"),
        Panel("Connections", Query("sum by (state) (nginx_connections_current)", "{{state}}"),
              width=12, empty="not read"),
        Panel("By status", logs(f"sum by (status) (count_over_time({_STATUS} [$__interval]))",
              "{{status}}"), width=24),
        Row("What was said"),
        Panel("Errors", logs('{job="nginx-error"}'), "logs", width=24),
        Panel("Requests that failed", logs(f"{_STATUS} | status >= 500"), "logs", width=24),
    ),
    "The web server in front, by its status page and its logs.",
)  # fmt: skip

DASHBOARDS: Final = (POSTGRESQL, REDIS, NGINX)
