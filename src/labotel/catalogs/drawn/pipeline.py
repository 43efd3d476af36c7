"""The pipeline's own health: what was dropped where, what waits, when something last arrived."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query, Row

DASHBOARD: Final = Dashboard(
    "Telemetry",
    (
        Panel("Lost", "sum(increase(labotel_dropped_total[$__range] anchored))", "stat",
              thresholds=((1, "red"),), width=6, height=5, empty="nothing",
              description="Spans, log records and points, in the time that is looked at."),
        Panel("Rejected events", "sum(increase(labotel_events_rejected_total[$__range] anchored))",
              "stat", thresholds=((1, "yellow"),), width=6, height=5, empty="none"),
        Panel("Faults", "sum(increase(labotel_faults_total[$__range] anchored))", "stat",
              thresholds=((1, "yellow"),), width=6, height=5, empty="none"),
        Panel("Processes", 'count(labotel_last_export_timestamp_seconds{signal="metrics"})',
              "stat", width=6, height=5, empty="none"),
        Row("Applications"),
        Panel("Taken", Query("sum by (signal) (rate(labotel_exported_total[$__rate_interval]))",
              "{{signal}}"), unit="ops", width=12,
              description="Points, log records and spans that a receiver took, each second."),
        Panel("Lost, and why", Query(
            "sum by (signal, reason) (increase(labotel_dropped_total[$__rate_interval]))",
            "{{signal}} {{reason}}"), width=12, empty="nothing"),
        Panel("Requests that were refused", Query(
            "sum by (signal, reason) (rate(labotel_export_failures_total[$__rate_interval]))",
            "{{signal}} {{reason}}"), unit="ops", width=12, empty="none"),
        Panel("What waits in memory", Query("sum by (signal) (labotel_queued)", "{{signal}}"),
              width=12),
        Panel("What waits on disk", Query(
            "max by (service_name) (labotel_disk_queue_bytes)", "{{service_name}}"),
            unit="bytes", width=12, empty="nothing"),
        Panel("A request takes", Query(
            "histogram_quantile(0.95, sum by (le, signal)"
            " (rate(labotel_export_duration_seconds_bucket[$__rate_interval])))", "{{signal}}"),
            unit="s", width=12),
        Row("The Collector"),
        Panel("Waits there", Query(
            "sum by (exporter, data_type) (otelcol_exporter_queue_size)",
            "{{exporter}} {{data_type}}"), width=12, empty="not read"),
        Panel("Of its room", Query(
            "100 * max by (exporter, data_type) (otelcol_exporter_queue_size)"
            " / max by (exporter, data_type) (otelcol_exporter_queue_capacity)",
            "{{exporter}} {{data_type}}"), unit="percent",
            thresholds=((50, "yellow"), (80, "red")), width=12, empty="not read"),
        Panel("Sent",
              (Query("sum(rate(otelcol_exporter_sent_metric_points_total[$__rate_interval]))",
                     "points"),
               Query("sum(rate(otelcol_exporter_sent_log_records_total[$__rate_interval]))",
                     "log records"),
               Query("sum(rate(otelcol_exporter_sent_spans_total[$__rate_interval]))",
                     "spans")),
              unit="ops", width=12, empty="not read"),
        Panel("Memory", Query("sum by (instance) (otelcol_process_memory_rss_bytes)",
              "{{instance}}"), unit="bytes", width=12, empty="not read"),
    ),
    "Whether what applications say arrives.",
)  # fmt: skip
