"""What the people of a laboratory look at: how it goes today, and what was said."""

from typing import Final

from labotel.catalogs.drawn.host import USED
from labotel.events.panels import Dashboard, Panel, Query, Row, logs

_REPORTS = "sum by (le) (rate(report_generation_duration_seconds_bucket[$__rate_interval]))"

OVERVIEW: Final = Dashboard(
    "Laboratory overview",
    (
        Panel(
            "Protocols created today",
            "sum(increase(protocols_created_total[24h] anchored))",
            "stat", thresholds=((10, "yellow"), (50, "red")), width=6, height=5,
            description="The last 24 hours.",
        ),
        Panel(
            "Reports finalized today",
            "sum(increase(reports_finalized_total[24h] anchored))",
            "stat", thresholds=((5, "yellow"), (20, "red")), width=6, height=5,
            description="The last 24 hours.",
        ),
        Panel(
            "Active users",
            Query("max by (user_type) (active_users_current)", "{{user_type}}"),
            "stat", thresholds=((10, "yellow"), (50, "red")), width=6, height=5,
        ),
        Panel(
            "E-mail success rate",
            '100 * sum(increase(emails_sent_total{status="success"}[24h] anchored))'
            " / (sum(increase(emails_sent_total[24h] anchored)) > 0)",
            "gauge", "percent", ((0, "red"), (80, "yellow"), (95, "green")), width=6, height=5,
            description="Attempts of the last 24 hours that the recipient's server took.",
        ),
        Panel(
            "Protocol status changes",
            Query(
                "sum by (to_status) (rate(protocol_status_changes_total[$__range]))",
                "{{to_status}}",
            ),
            "piechart", "ops",
        ),
        Panel(
            "Report generation duration",
            (
                Query(f"histogram_quantile(0.95, {_REPORTS})", "p95"),
                Query(f"histogram_quantile(0.5, {_REPORTS})", "p50"),
            ),
            unit="s", width=16,
        ),
        Panel(
            "Celery task status",
            Query("sum by (status) (rate(celery_tasks_total[$__rate_interval]))", "{{status}}"),
            unit="ops",
        ),
        Panel(
            "System resources",
            (
                Query("avg(cpu_usage_percent)", "CPU"),
                Query(f"100 * max({USED})", "memory"),
            ),
            unit="percent",
        ),
        Panel(
            "Database connections",
            Query("sum by (state) (database_connections_current)", "{{state}}"),
            thresholds=((10, "yellow"), (20, "red")),
        ),
    ),
    "How the laboratory goes: what was done today, who is there, what it runs on.",
)  # fmt: skip

_SIGNED = '{service_name=~".+"} | event_name="lab.report.finalized" | json'

LOGS: Final = Dashboard(
    "Log analysis",
    (
        Panel("Error logs", logs('{job="django-app"} |= "ERROR"'), "logs", width=24),
        Panel("Celery task logs", logs('{job="celery-worker"}'), "logs", width=24),
        Panel("Nginx access logs", logs('{job="nginx-access"}'), "logs", width=24),
        Row("By person (pseudonyms: `labotel who` tells whose)"),
        Panel(
            "Reports signed, by histopathologist",
            logs(f"sum by (histopathologist) (count_over_time({_SIGNED} [$__range]))"),
            "table", width=12,
        ),
        Panel(
            "Protocols created, by veterinarian",
            logs(
                'sum by (veterinarian) (count_over_time({service_name=~".+"}'
                ' | event_name="lab.protocol.created" | json [$__range]))'
            ),
            "table", width=12,
        ),
    ),
    "What the application, its workers and the web server said.",
)  # fmt: skip

DASHBOARDS: Final = (OVERVIEW, LOGS)
