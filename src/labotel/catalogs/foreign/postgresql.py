"""PostgreSQL."""

from typing import Final

from labotel.catalogs.foreign.foreign import WHO, Foreign

FOREIGN: Final = Foreign(
    "postgresql",
    source="postgresqlreceiver of OpenTelemetry Collector contrib",
    version="0.145.0",
    who=WHO,
    series={
        "postgresql_bgwriter_buffers_allocated_total": (),
        "postgresql_bgwriter_maxwritten_total": (),
        "postgresql_connection_max": (),
        "postgresql_database_count": (),
        "postgresql_backends": ("database",),
        "postgresql_blks_hit_total": ("database",),
        "postgresql_blks_read_total": ("database",),
        "postgresql_commits_total": ("database",),
        "postgresql_db_size_bytes": ("database",),
        "postgresql_deadlocks_total": ("database",),
        "postgresql_rollbacks_total": ("database",),
        "postgresql_table_count": ("database",),
        "postgresql_temp_files_total": ("database",),
        "postgresql_index_scans_total": ("database", "index", "schema", "table"),
        "postgresql_index_size_bytes": ("database", "index", "schema", "table"),
        "postgresql_operations_total": ("database", "operation", "schema", "table"),
        "postgresql_blocks_read_total": ("database", "schema", "source", "table"),
        "postgresql_rows": ("database", "schema", "state", "table"),
        "postgresql_sequential_scans_total": ("database", "schema", "table"),
        "postgresql_table_size_bytes": ("database", "schema", "table"),
        "postgresql_table_vacuum_count_total": ("database", "schema", "table"),
        "postgresql_database_locks": ("lock_type", "mode", "relation"),
        "postgresql_bgwriter_buffers_writes_total": ("source",),
        "postgresql_bgwriter_checkpoint_count_total": ("type",),
        "postgresql_bgwriter_duration_milliseconds_total": ("type",),
    },
)
