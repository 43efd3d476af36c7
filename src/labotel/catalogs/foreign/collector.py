"""The Collector's own: what it took, what waits, what it could not send."""

from typing import Final

from labotel.catalogs.foreign.foreign import WHO, Foreign

FOREIGN: Final = Foreign(
    "collector",
    source="OpenTelemetry Collector",
    version="0.145.0",
    who=WHO,
    series={
        "otelcol_connector_servicegraph_edges_total": (),
        "otelcol_fileconsumer_open_files": (),
        "otelcol_fileconsumer_reading_files": (),
        "otelcol_process_cpu_seconds_total": (),
        "otelcol_process_memory_rss_bytes": (),
        "otelcol_process_runtime_alloc_bytes_total": (),
        "otelcol_process_runtime_heap_alloc_bytes": (),
        "otelcol_process_runtime_total_sys_memory_bytes": (),
        "otelcol_process_uptime_seconds_total": (),
        "otelcol_exporter_queue_capacity": ("data_type", "exporter"),
        "otelcol_exporter_queue_size": ("data_type", "exporter"),
        "otelcol_exporter_send_failed_log_records_total": ("exporter",),
        "otelcol_exporter_send_failed_metric_points_total": ("exporter",),
        "otelcol_exporter_send_failed_spans_total": ("exporter",),
        "otelcol_exporter_sent_log_records_total": ("exporter",),
        "otelcol_exporter_sent_metric_points_total": ("exporter",),
        "otelcol_exporter_sent_spans_total": ("exporter",),
        "otelcol_processor_filter_datapoints_filtered_total": ("filter",),
        "otelcol_processor_incoming_items_total": ("otel_signal", "processor"),
        "otelcol_processor_outgoing_items_total": ("otel_signal", "processor"),
        "otelcol_processor_accepted_log_records_total": ("processor",),
        "otelcol_processor_accepted_metric_points_total": ("processor",),
        "otelcol_processor_accepted_spans_total": ("processor",),
        "otelcol_scraper_errored_metric_points_total": ("receiver", "scraper"),
        "otelcol_scraper_scraped_metric_points_total": ("receiver", "scraper"),
        "otelcol_receiver_accepted_log_records_total": ("receiver", "transport"),
        "otelcol_receiver_accepted_metric_points_total": ("receiver", "transport"),
        "otelcol_receiver_accepted_spans_total": ("receiver", "transport"),
        "otelcol_receiver_failed_log_records_total": ("receiver", "transport"),
        "otelcol_receiver_failed_metric_points_total": ("receiver", "transport"),
        "otelcol_receiver_failed_spans_total": ("receiver", "transport"),
        "otelcol_receiver_refused_log_records_total": ("receiver", "transport"),
        "otelcol_receiver_refused_metric_points_total": ("receiver", "transport"),
        "otelcol_receiver_refused_spans_total": ("receiver", "transport"),
    },
)
