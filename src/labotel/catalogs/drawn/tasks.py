"""Background tasks: what runs, what waits, what fails."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query, Row, logs, traces

_RATE: Final = "rate(celery_tasks_total[$__rate_interval])"
_FAILED: Final = 'rate(celery_tasks_total{status=~"failure|timeout"}[$__rate_interval])'
_IN: Final = "[$__rate_interval]"
_BUCKETS: Final = "rate(celery_task_duration_seconds_bucket[$__rate_interval])"

DASHBOARD: Final = Dashboard(
    "Celery",
    (
        Panel("Tasks", "sum(increase(celery_tasks_total[$__range] anchored))", "stat", width=6,
              height=5, description="In the time that is looked at."),
        Panel(
            "Failures",
            'sum(increase(celery_tasks_total{status=~"failure|timeout"}[$__range] anchored))'
            " / (sum(increase(celery_tasks_total[$__range] anchored)) > 0)",
            "stat", "percentunit", ((0.01, "yellow"), (0.05, "red")), width=6, height=5,
        ),
        Panel("Waiting, at most", "max_over_time(sum(max by (queue_name, service_namespace)"
              " (celery_queue_length))[$__range:$__interval])",
              "stat", thresholds=((100, "yellow"), (1000, "red")), width=6, height=5,
              empty="nothing was read"),
        Panel("Workers", "sum(celery_worker_count)", "stat",
              thresholds=((0, "red"), (1, "green")), width=6, height=5, empty="none"),
        Row("By task"),
        Panel("Runs by how they ended", Query(f"sum by (status) ({_RATE})", "{{status}}"),
              unit="ops", width=12),
        Panel("Failures", Query(f"topk(10, sum by (task_name) ({_FAILED}) > 0)",
              "{{task_name}}"), unit="ops", width=12, empty="no failures"),
        Panel("95 of 100 runs take at most",
              Query(f"topk(10, histogram_quantile(0.95, sum by (le, task_name) ({_BUCKETS})))",
                    "{{task_name}}"), unit="s", width=12),
        Panel("Run time: distribution", Query(f"sum by (le) ({_BUCKETS})", "{{le}}"), "heatmap",
              "s", width=12),
        Row("By queue"),
        Panel("Messages that wait", Query("max by (queue_name) (celery_queue_length)",
              "{{queue_name}}"), width=12, empty="nothing was read"),
        Panel("95 of 100 wait at most",
              Query("histogram_quantile(0.95, sum by (le, queue_name)"
                    " (rate(celery_task_wait_seconds_bucket[$__rate_interval])))",
                    "{{queue_name}}"), unit="s", width=12,
              description="For a worker, since it was published or since its eta."),
        Panel("Waiting against running",
              (Query("sum(rate(celery_task_wait_seconds_sum[$__rate_interval]))", "waiting"),
               Query("sum(rate(celery_task_duration_seconds_sum[$__rate_interval]))",
                     "running")),
              unit="s", width=12, description="Seconds of all tasks in each second."),
        Panel("Workers", Query("sum by (worker_type) (celery_worker_count)", "{{worker_type}}"),
              width=12, empty="none"),
        Panel("Slots of workers, and tasks taken",
              (Query("sum by (queue_name, state) (celery_worker_slots)",
                     "{{queue_name}}: {{state}}"),
               Query("sum by (queue_name) (celery_tasks_reserved)",
                     "{{queue_name}}: taken, not begun")),
              width=12, empty="none",
              description="A free slot stands under each queue that its worker consumes."),
        Panel("Time limits and lost children",
              (Query(f"sum by (kind) (increase(celery_time_limits_total{_IN}))",
                     "{{kind}} limit"),
               Query(f"sum by (cause) (increase(celery_children_lost_total{_IN}))",
                     "lost: {{cause}}")),
              width=12, empty="none",
              description="Children of pools that ended in the midst of a task."),
        Panel("Scheduled runs", Query(
            f"sum by (schedule_entry, result) (increase(celery_beat_runs_total{_IN}))",
            "{{schedule_entry}}: {{result}}"), width=12, empty="nothing was due",
            description="Due times that beat met, met late, could not, or missed."),
        Panel("Beat looked at its schedule", Query(
            "time() - max by (service_name) (celery_beat_last_tick_timestamp_seconds)",
            "{{service_name}}"), unit="s", thresholds=((600, "red"),), width=12,
            empty="no beat"),
        Row("What was said"),
        Panel("Failures", logs('{job="celery-worker"} |= "ERROR"'), "logs", width=24),
        Panel("Slow runs", traces("{ kind = consumer && duration > 1s }"), "traces", width=12),
        Panel("Failed runs", traces("{ kind = consumer && status = error }"), "traces",
              width=12),
    ),
    "Background tasks of all services, by task and by queue.",
)  # fmt: skip
