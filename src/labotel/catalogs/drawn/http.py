"""Requests, by view: how many, how long, how they ended, and which are the slowest."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query, Row, logs, quantiles, traces

_RATE: Final = "rate(http_requests_total[$__rate_interval])"
_BUCKETS: Final = "rate(http_request_duration_seconds_bucket[$__rate_interval])"
_IN_RANGE: Final = "increase(http_requests_total[$__range] anchored)"
_ERRORS: Final = 'rate(http_requests_total{status=~"5.."}[$__rate_interval])'

DASHBOARD: Final = Dashboard(
    "HTTP",
    (
        Panel("Requests", f"sum({_IN_RANGE})", "stat", width=6, height=5,
              description="In the time that is looked at."),
        Panel(
            "Errors (5xx)",
            'sum(increase(http_requests_total{status=~"5.."}[$__range] anchored))'
            f" / (sum({_IN_RANGE}) > 0)", "stat", "percentunit",
            ((0.01, "yellow"), (0.05, "red")), width=6, height=5,
        ),
        Panel(
            "95 of 100 take at most", "histogram_quantile(0.95, sum by (le)"
            " (increase(http_request_duration_seconds_bucket[$__range])))",
            "stat", "s", ((1, "yellow"), (2, "red")), width=6, height=5,
        ),
        Panel("In progress, at most",
              "max_over_time(sum(http_requests_in_progress)[$__range:$__interval])", "stat",
              width=6, height=5, empty="none"),
        Row("All views"),
        Panel("Requests by status", Query(f"sum by (status) ({_RATE})", "{{status}}"),
              unit="reqps", width=12),
        Panel("Duration", quantiles(_BUCKETS), unit="s", width=12),
        Panel("Duration: distribution", Query(f"sum by (le) ({_BUCKETS})", "{{le}}"), "heatmap",
              "s", width=24),
        Row("By view"),
        Panel("Requests", Query(f"topk(10, sum by (endpoint) ({_RATE}))", "{{endpoint}}"),
              unit="reqps", width=12),
        Panel("Errors (5xx)", Query(f"topk(10, sum by (endpoint) ({_ERRORS}) > 0)",
              "{{endpoint}}"), unit="reqps", width=12, empty="no errors"),
        Panel(
            "95 of 100 take at most",
            Query(f"topk(10, histogram_quantile(0.95, sum by (le, endpoint) ({_BUCKETS})))",
                  "{{endpoint}}"),
            unit="s", width=12,
        ),
        Panel("In progress", Query("sum by (endpoint) (http_requests_in_progress)",
              "{{endpoint}}"), width=12, empty="none"),
        Row("What was said"),
        Panel("Errors", logs('{service_name=~".+"} | severity_text=~"ERROR|FATAL"'), "logs",
              width=24),
        Panel("Slow requests", traces("{ kind = server && duration > 1s }"), "traces", width=12),
        Panel("Failed requests", traces("{ kind = server && status = error }"), "traces",
              width=12),
    ),
    "Requests of all services, by view.",
)  # fmt: skip
