"""What somebody meets who comes from outside: whether each URL answers, how soon, how safely."""

from typing import Final

from labotel.events.panels import Dashboard, Panel, Query

_ANSWERS: Final = "(httpcheck_status_code >= bool 200) * (httpcheck_status_code < bool 400)"
"""1 where a URL answers with 2xx or 3xx, else 0."""

DASHBOARD: Final = Dashboard(
    "Outside",
    (
        Panel("Up", Query(f"min by (http_url) ({_ANSWERS})", "{{http_url}}"), "stat",
              thresholds=((0, "red"), (1, "green")), width=8, height=6, empty="not asked",
              description="1 where it answers with 2xx or 3xx, from wherever it is asked."),
        Panel("Answered as it should",
              Query(f"min by (http_url) (avg_over_time(({_ANSWERS})[$__range:$__interval]))",
                    "{{http_url}}"), "stat", "percentunit",
              ((0, "red"), (0.99, "yellow"), (0.999, "green")), width=8, height=6,
              empty="not asked", description="In the time that is looked at."),
        Panel("Days left of the certificate",
              Query("min by (http_url) (httpcheck_tls_cert_remaining_seconds) / 86400",
                    "{{http_url}}"), "stat", thresholds=((0, "red"), (3, "yellow"), (14, "green")),
              width=8, height=6, empty="none"),
        Panel("Duration", Query("max by (http_url, instance) (httpcheck_duration_milliseconds)",
              "{{http_url}} from {{instance}}"), unit="ms", width=12, empty="not asked",
              description="From a new connection to the end of the page."),
        Panel("Status", Query("max by (http_url, instance) (httpcheck_status_code)",
              "{{http_url}} from {{instance}}"), unit="none", width=12, empty="not asked",
              description="What was answered; 0 is no answer."),
    ),
    "URLs as the Collector asks them, from where it stands.",
)  # fmt: skip
