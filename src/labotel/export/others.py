"""The application's own instruments, as fields of labotel's own export."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from opentelemetry.exporter.otlp.proto.common.metrics_encoder import encode_metrics
from opentelemetry.sdk.metrics.export import Metric, MetricsData

from labotel.export.wire import block
from labotel.policy.keyed import marker_of
from labotel.policy.scrubbing import scrub


def scopes(data: MetricsData | None, dropped: Callable[[], None]) -> bytes:
    """Return what the SDK collected as the ScopeMetrics fields of a ResourceMetrics.

    `dropped` is told of each point that cannot be encoded (a label that is no Unicode, a number
    past 64 bits): it costs no other.
    """
    if data is None:
        return b""
    try:
        return _encoded(data)
    except Exception:
        return _encoded(_good(data, dropped))


def _encoded(data: MetricsData) -> bytes:
    found = [s for r in encode_metrics(data).resource_metrics for s in r.scope_metrics]
    for made in found:  # the attributes of points were scrubbed before they were added up
        made.scope.name = scrub(made.scope.name)
        for pair in made.scope.attributes:
            if pair.value.HasField("string_value"):
                pair.value.string_value = marker_of(pair.key) or scrub(pair.value.string_value)
        for metric in made.metrics:
            metric.description = scrub(metric.description)
    return b"".join(block(b"\x12", made.SerializeToString()) for made in found)


def _good(data: MetricsData, dropped: Callable[[], None]) -> MetricsData:
    """Return the same without the points that cannot be encoded."""
    return MetricsData(
        [
            replace(
                resource,
                scope_metrics=[
                    replace(scope, metrics=list(_good_metrics(data, scope.metrics, dropped)))
                    for scope in resource.scope_metrics
                ],
            )
            for resource in data.resource_metrics
        ]
    )


def _good_metrics(
    data: MetricsData, metrics: Sequence[Metric], dropped: Callable[[], None]
) -> Iterator[Metric]:
    for metric in metrics:
        kind: Any = metric.data  # one of four classes of points
        points = []
        for point in kind.data_points:
            alone = replace(metric, data=replace(kind, data_points=[point]))
            if _encodes(data, alone):
                points.append(point)
            else:
                dropped()
        if points:
            yield replace(metric, data=replace(kind, data_points=points))


def _encodes(data: MetricsData, metric: Metric) -> bool:
    resource = data.resource_metrics[0]
    scope = replace(resource.scope_metrics[0], metrics=[metric])
    try:
        _encoded(MetricsData([replace(resource, scope_metrics=[scope])]))
    except Exception:
        return False
    return True
