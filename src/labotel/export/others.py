"""The application's own instruments, as fields of labotel's own export."""

from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics.export import MetricsData

from labotel.export.wire import block


def scopes(data: MetricsData | None) -> bytes:
    """Return what the SDK collected as the ScopeMetrics fields of a ResourceMetrics."""
    if data is None:
        return b""
    return b"".join(
        block(b"\x12", scope.SerializeToString())
        for resource in encode_metrics(data).resource_metrics
        for scope in resource.scope_metrics
    )
