"""Who measured: the labels that each series of an application has in Prometheus beside its own.

They are the promoted resource attributes of compose/prometheus/prometheus.yml, and `job` and
`instance`, which Prometheus makes of them (OpenTelemetry's *Prometheus and OpenMetrics
compatibility*, "Resource attributes").
"""

from typing import Final

SERVICE: Final = ("job", "service_name", "service_namespace", "deployment_environment_name")
"""The labels of a service: what is left where its instances are added up."""
WHO: Final = frozenset({*SERVICE, "instance", "service_instance_id"})
SERVICE_LABELS: Final = ", ".join(SERVICE)
"""The same, as PromQL lists them."""
