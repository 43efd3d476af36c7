# PostgreSQL's image reads this when it makes the database: a role that sees statistics and no table,
# for the Collector, and the statistics of statements.
psql --set=ON_ERROR_STOP=1 --set=password="$MONITOR_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'END'
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
CREATE ROLE monitor LOGIN PASSWORD :'password';
GRANT pg_monitor TO monitor;
END
