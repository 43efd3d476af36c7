"""Redis."""

from typing import Final

from labotel.catalogs.foreign.foreign import WHO, Foreign

FOREIGN: Final = Foreign(
    "redis",
    source="redisreceiver of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=WHO,
    series={
        "redis_clients_blocked": (),
        "redis_clients_connected": (),
        "redis_clients_max_input_buffer_bytes": (),
        "redis_clients_max_output_buffer_bytes": (),
        "redis_commands_per_second": (),
        "redis_commands_processed_total": (),
        "redis_connections_received_total": (),
        "redis_connections_rejected_total": (),
        "redis_keys_evicted_total": (),
        "redis_keys_expired_total": (),
        "redis_keyspace_hits_total": (),
        "redis_keyspace_misses_total": (),
        "redis_latest_fork_microseconds": (),
        "redis_maxmemory_bytes": (),
        "redis_memory_fragmentation_ratio": (),
        "redis_memory_lua_bytes": (),
        "redis_memory_peak_bytes": (),
        "redis_memory_rss_bytes": (),
        "redis_memory_used_bytes": (),
        "redis_net_input_bytes_total": (),
        "redis_net_output_bytes_total": (),
        "redis_rdb_changes_since_last_save": (),
        "redis_replication_backlog_first_byte_offset_bytes": (),
        "redis_replication_offset_bytes": (),
        "redis_slaves_connected": (),
        "redis_uptime_seconds_total": (),
        "redis_db_avg_ttl_milliseconds": ("db",),
        "redis_db_expires": ("db",),
        "redis_db_keys": ("db",),
        "redis_cpu_time_seconds_total": ("state",),
    },
)
