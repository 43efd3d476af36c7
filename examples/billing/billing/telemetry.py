"""What the billing analytics may say: nothing of a patient, of a claim or of who is told."""

from typing import Literal

from labotel import Alert, Alias, Catalog, Counter, Event, Personal, Ratio, Unbounded
from labotel.catalogs.aliases import django_prometheus
from labotel.events.panels import Dashboard, Panel, Query, quantiles


class DriftChecked(
    Event,
    name="billing.drift.checked",
    instruments=(Counter("drift_detections_total", by=("result",)),),
):
    """What a payer denies was compared with what it denied before; the shares are from 0 to 1."""

    result: Literal["drift", "none"]
    payer_id: Unbounded[int]
    share: Unbounded[float]
    before: Unbounded[float]


class AlertDelivered(
    Event,
    name="billing.alert.delivered",
    instruments=(Counter("alerts_delivered_total", by=("status",)),),
):
    """A subscriber was told of a drift, or could not be told however often that was tried."""

    status: Literal["success", "failure"]
    recipient: Personal[str]


class ClaimsIngested(
    Event, name="billing.claims.ingested",
    instruments=(Counter("claim_files_total", by=("outcome",)),),
):  # fmt: skip
    """A file of claims was taken in, or refused for one of its lines."""

    outcome: Literal["accepted", "refused"]
    claims: Unbounded[int]


_WHO = "job, service_name, service_namespace, deployment_environment_name"
_RESPONSES = 'sum(rate(http_requests_total{{status=~"{}.."}}[$__rate_interval]))'
_OURS = "django_db_query_duration_seconds"
"""One of django-prometheus's names, which has no label on the dashboards here."""

catalog = Catalog(
    "billing",
    events=[DriftChecked, AlertDelivered, ClaimsIngested],
    ratios=[
        Ratio("drift_detection_ratio", 'drift_detections_total{result="drift"}',
              "drift_detections_total", window="1d"),
        Ratio("alert_delivery_success_ratio", 'alerts_delivered_total{status="success"}',
              "alerts_delivered_total", window="1d"),
    ],
    aliases=[
        *(one for one in django_prometheus.catalog.aliases if one.name != _OURS),
        Alias(_OURS, "database_query_duration_seconds"),
    ],
    alerts=[
        Alert(
            "HighErrorRate",
            f'sum by ({_WHO}) (rate(http_requests_total{{status=~"5.."}}[5m])) > 0.05',
            "critical",
            "{{ $labels.service_name }} answers {{ $value | humanize }} requests a second with 5xx",
        ),
    ],
    dashboards=[
        Dashboard("Application", (
            Panel("Request rate",
                  Query("sum by (method) (rate(http_requests_total[$__rate_interval]))",
                        "{{method}}"), unit="reqps"),
            Panel("p95 latency",
                  quantiles("rate(http_request_duration_seconds_bucket[$__rate_interval])")[1:2],
                  unit="s"),
            Panel("4xx and 5xx rate",
                  (Query(_RESPONSES.format(4), "4xx"), Query(_RESPONSES.format(5), "5xx")),
                  unit="reqps"),
            Panel("Query counts",
                  "sum(rate(database_query_duration_seconds_count[$__rate_interval]))",
                  unit="ops"),
            Panel("Drift found", Query("drift_detection_ratio", "{{service_name}}"),
                  unit="percentunit", empty="nothing was compared"),
            Panel("Alerts delivered", Query("alert_delivery_success_ratio", "{{service_name}}"),
                  unit="percentunit", empty="nobody was told"),
        )),
    ],
)  # fmt: skip
"""Everything declared above, django-prometheus's names, and what is drawn and told of them."""
